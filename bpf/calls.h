/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open calls of each thread. A return is matched to its entry by the stack pointer: programs call
 * SSL_write inside SSL_read (node, from a handshake callback), unwind without returning, and one
 * API function calls another.
 */
#ifndef PLAINCAP_CALLS_H
#define PLAINCAP_CALLS_H

#include "maps.h"
#include "watch.h"

#include <bpf/bpf_tracing.h>

static const struct thread no_calls = {};

/* Calls at or below the stack pointer never returned: the stack has since been left. */
static __always_inline __u32 live_depth(const struct thread *thread, __u64 sp)
{
	__u32 depth = thread->depth;

	for (int i = 0; i < CALLS_MAX; i++) {
		if (depth == 0 || depth > CALLS_MAX ||
		    thread->calls[(depth - 1) % CALLS_MAX].sp > sp)
			break;
		depth--;
	}
	return depth;
}

/* Opens a call. NULL if this process is not captured, or calls are nested too deep. */
static __always_inline struct call *enter_call(struct pt_regs *ctx, __u64 object, __u64 cookie)
{
	__u64 key = bpf_get_current_pid_tgid();
	__u64 sp = PT_REGS_SP(ctx);
	struct thread *thread;
	struct call *call;
	__u32 depth;

	if (!is_watched(key >> 32))
		return NULL;
	thread = bpf_map_lookup_elem(&threads, &key);
	if (!thread) {
		bpf_map_update_elem(&threads, &key, &no_calls, BPF_NOEXIST);
		thread = bpf_map_lookup_elem(&threads, &key);
		if (!thread)
			return NULL;
	}
	depth = live_depth(thread, sp);
	if (depth >= CALLS_MAX)
		return NULL;
	call = &thread->calls[depth % CALLS_MAX];
	call->sp = sp;
	call->ktime = bpf_ktime_get_boot_ns();
	call->object = object;
	call->cookie = cookie;
	thread->depth = depth + 1;
	return call;
}

static __always_inline __u8 call_direction(const struct call *call)
{
	switch (cookie_shape(call->cookie)) {
	case SHAPE_READ:
	case SHAPE_READ_EX:
	case SHAPE_LAYER_READ:
	case SHAPE_LAYER_RECV:
		return DIRECTION_READ;
	case SHAPE_WRITE:
	case SHAPE_WRITE_EX:
	case SHAPE_RESUMABLE_WRITE:
	case SHAPE_WRITE_WHOLE:
	case SHAPE_WRITE_TOLD:
	case SHAPE_LAYER_WRITE:
	case SHAPE_LAYER_WRITEV:
		return DIRECTION_WRITE;
	default:
		return DIRECTIONS; /* moves no bytes of its own */
	}
}

/*
 * Closes the call that returns now. NULL if its entry was not seen, or if a call for the same
 * object and direction made it (LibreSSL's SSL_read_ex calls SSL_read): the outer one tells.
 */
static __always_inline struct call *leave_call(struct pt_regs *ctx)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct thread *thread = bpf_map_lookup_elem(&threads, &key);
	/* The return address was popped: the stack pointer is that of the entry + 8 on x86-64. */
	__u64 sp = PT_REGS_SP(ctx) - sizeof(__u64);
	struct call *call;
	__u32 depth;

	if (!thread || stopped)
		return NULL;
	/* All that lies below this call has been left; the call itself must be next. */
	depth = live_depth(thread, sp - 1);
	if (depth == 0 || depth > CALLS_MAX)
		return NULL;
	call = &thread->calls[(depth - 1) % CALLS_MAX];
	if (call->sp != sp)
		return NULL;
	thread->depth = depth - 1;
	if (depth > 1) {
		struct call *outer = &thread->calls[(depth - 2) % CALLS_MAX];

		if (outer->object == call->object && call_direction(outer) == call_direction(call))
			return NULL;
	}
	return call;
}

/* The innermost open call of this thread; NULL if there is none. */
static __always_inline struct call *open_call(void)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct thread *thread = bpf_map_lookup_elem(&threads, &key);

	if (!thread || thread->depth == 0 || thread->depth > CALLS_MAX)
		return NULL;
	return &thread->calls[(thread->depth - 1) % CALLS_MAX];
}

#endif
