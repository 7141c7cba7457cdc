/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Since Linux 6.13 the JIT of x86-64 may give a program of the type of kprobes one stack a CPU. A
 * uprobe runs with preemption: two tasks that are in one program on one CPU would overwrite each
 * other's stack, which killed captured programs on 7.2. A program that can make a tail call keeps
 * its stack on that of the task (bpf_enable_priv_stack() of kernel/bpf/verifier.c).
 */
#ifndef PLAINCAP_TASK_STACK_H
#define PLAINCAP_TASK_STACK_H

#include "maps.h"

/* At the begin of each uprobe's program. */
static __always_inline void use_task_stack(void *ctx)
{
	/* Never: the addon has a tgid. */
	if (config.own_tgid == 0)
		bpf_tail_call(ctx, &no_programs, 0);
}

#endif
