/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that move bytes through sockets.
 *
 * What looks at system calls is there as two programs, of which one is loaded. A raw tracepoint
 * costs less. But since Linux 7.0 (a46023d5616e) its programs can be preempted, and the kernel
 * leaves a program out where another task was preempted in it on the same CPU: on a busy machine
 * whole time slices of calls were missing. Programs of a trace event are not preempted.
 */
#ifndef PLAINCAP_SYSTEM_CALLS_H
#define PLAINCAP_SYSTEM_CALLS_H

#include "kernel-types.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* arch/x86/entry/syscalls/syscall_64.tbl */
enum syscall_number {
	SYSCALL_READ = 0,
	SYSCALL_WRITE = 1,
	SYSCALL_READV = 19,
	SYSCALL_WRITEV = 20,
	SYSCALL_SENDFILE = 40,
	SYSCALL_SENDTO = 44,
	SYSCALL_RECVFROM = 45,
	SYSCALL_SENDMSG = 46,
	SYSCALL_RECVMSG = 47,
	SYSCALL_SPLICE = 275,
	SYSCALL_RECVMMSG = 299,
	SYSCALL_SENDMMSG = 307,
	SYSCALL_PREADV2 = 327,
	SYSCALL_PWRITEV2 = 328,
};

/* The registers of the system call that the task is in. */
static __always_inline struct pt_regs *syscall_registers(void)
{
	return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
}

/* The programs NAME and NAME_event, which do ENTER(registers, number of the call). */
#define SYSTEM_CALL_ENTRY(NAME, ENTER)                        \
	SEC("raw_tp/sys_enter")                               \
	int BPF_PROG(NAME, struct pt_regs *regs, long number) \
	{                                                     \
		return ENTER(regs, number);                   \
	}                                                     \
	SEC("tp/raw_syscalls/sys_enter")                      \
	int NAME##_event(void *context)                       \
	{                                                     \
		struct pt_regs *regs = syscall_registers();   \
                                                              \
		return ENTER(regs, regs->orig_rax);           \
	}

/* NAME and NAME_event, which do LEAVE(registers, result of the call). */
#define SYSTEM_CALL_EXIT(NAME, LEAVE)                         \
	SEC("raw_tp/sys_exit")                                \
	int BPF_PROG(NAME, struct pt_regs *regs, long result) \
	{                                                     \
		return LEAVE(regs, result);                   \
	}                                                     \
	SEC("tp/raw_syscalls/sys_exit")                       \
	int NAME##_event(void *context)                       \
	{                                                     \
		struct pt_regs *regs = syscall_registers();   \
                                                              \
		return LEAVE(regs, regs->rax);                \
	}

#endif
