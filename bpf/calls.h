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

/*
 * Calls at or below the stack pointer never returned: the stack has since been left. A global
 * function, so that the verifier follows what comes after for one depth, not for each.
 */
__weak __noinline __u32 live_depth(const struct thread *thread, __u64 sp)
{
	__u32 depth = thread ? thread->depth : 0;

	for (int i = 0; i < CALLS_MAX; i++) {
		if (!thread || depth == 0 || depth > CALLS_MAX ||
		    thread->calls[(depth - 1) % CALLS_MAX].sp > sp)
			break;
		depth--;
	}
	return depth;
}

/* A call that is entered or returns here is not inside one that found no place. */
static __always_inline void leave_too_deep(struct thread *thread, __u64 sp)
{
	if (sp >= thread->too_deep)
		thread->too_deep = 0;
}

/*
 * The innermost open call, if it ended in a jump to the function that is entered now, as
 * gnutls_record_send does to gnutls_record_send2: one call, called as the program called it.
 */
static __always_inline struct call *jumping_call(struct thread *thread, __u64 sp, __u64 object,
						 __u64 cookie)
{
	__u32 depth = thread->depth;
	struct call *call;

	if (depth == 0 || depth > CALLS_MAX)
		return NULL;
	call = &thread->calls[(depth - 1) % CALLS_MAX];
	if (call->sp != sp || call->object != object || call->cookie == cookie ||
	    cookie_shape(call->cookie) != cookie_shape(cookie))
		return NULL;
	return call;
}

/* Opens a call. NULL if calls are nested too deep. */
static __always_inline struct call *push_call(struct thread *thread, __u64 sp, __u64 object,
					      __u64 cookie)
{
	__u32 depth = live_depth(thread, sp);
	struct call *call;

	leave_too_deep(thread, sp);
	if (depth >= CALLS_MAX) {
		if (!thread->too_deep)
			thread->too_deep = sp;
		return NULL;
	}
	call = &thread->calls[depth % CALLS_MAX];
	call->sp = sp;
	call->ktime = bpf_ktime_get_boot_ns();
	call->object = object;
	call->cookie = cookie;
	call->hello_sock = 0;
	thread->depth = depth + 1;
	return call;
}

/* Closes the call that was opened with this stack pointer; NULL if there is none. */
static __always_inline struct call *pop_call(struct thread *thread, __u64 sp)
{
	/* All that lies below this call has been left; the call itself must be next. */
	__u32 depth = live_depth(thread, sp - 1);
	struct call *call;

	leave_too_deep(thread, sp);
	if (depth == 0 || depth > CALLS_MAX)
		return NULL;
	call = &thread->calls[(depth - 1) % CALLS_MAX];
	if (call->sp != sp)
		return NULL;
	thread->depth = depth - 1;
	return call;
}

/* Opens a call. NULL if this process is not captured, or calls are nested too deep. */
static __always_inline struct call *enter_call(struct pt_regs *ctx, __u64 object, __u64 cookie)
{
	__u64 key = bpf_get_current_pid_tgid();
	__u64 sp = PT_REGS_SP(ctx);
	struct thread *thread;
	struct call *call;

	if (!is_watched(key >> 32))
		return NULL;
	thread = bpf_map_lookup_elem(&threads, &key);
	if (!thread) {
		bpf_map_update_elem(&threads, &key, &no_calls, BPF_NOEXIST);
		thread = bpf_map_lookup_elem(&threads, &key);
		if (!thread)
			return NULL;
	}
	call = jumping_call(thread, sp, object, cookie);
	return call ? call : push_call(thread, sp, object, cookie);
}

static __always_inline __u8 call_direction(const struct call *call)
{
	switch (cookie_shape(call->cookie)) {
	case SHAPE_READ:
	case SHAPE_READ_EX:
	case SHAPE_READ_PACKET:
	case SHAPE_LAYER_READ:
	case SHAPE_LAYER_RECV:
	case SHAPE_GO_READ:
		return DIRECTION_READ;
	case SHAPE_WRITE:
	case SHAPE_WRITE_EX:
	case SHAPE_WRITE_EX2:
	case SHAPE_RESUMABLE_WRITE:
	case SHAPE_WRITE_TOLD:
	case SHAPE_LAYER_WRITE:
	case SHAPE_LAYER_WRITEV:
	case SHAPE_GO_WRITE:
		return DIRECTION_WRITE;
	default:
		return DIRECTIONS; /* moves no bytes of its own */
	}
}

/* Two calls for the same object of which the outer one tells all: LibreSSL's SSL_read_ex calls
 * SSL_read, SSL_connect calls SSL_do_handshake. */
static __always_inline bool is_same_call(const struct call *outer, const struct call *inner)
{
	__u8 direction = call_direction(outer);

	return outer->object == inner->object && direction == call_direction(inner) &&
	       (direction != DIRECTIONS ||
		cookie_shape(outer->cookie) == cookie_shape(inner->cookie));
}

/*
 * Closes the call that returns now. NULL if its entry was not seen, or if the call that made it
 * tells.
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
	call = pop_call(thread, sp);
	depth = thread->depth;
	if (call && depth > 0 && depth < CALLS_MAX) {
		struct call *outer = &thread->calls[depth - 1];

		if (is_same_call(outer, call))
			return NULL;
	}
	return call;
}

/* The innermost open call of this thread; NULL if there is none, or if it found no place. */
static __always_inline struct call *open_call(void)
{
	__u64 key = bpf_get_current_pid_tgid();
	struct thread *thread = bpf_map_lookup_elem(&threads, &key);

	if (!thread || thread->too_deep || thread->depth == 0 || thread->depth > CALLS_MAX)
		return NULL;
	return &thread->calls[(thread->depth - 1) % CALLS_MAX];
}

#endif
