/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open calls of each goroutine. A goroutine changes threads during a call, and its stack moves when
 * it grows: what stays is its runtime.g, which R14 holds in all code of Go's register ABI
 * (src/cmd/compile/abi-internal.md), and the distance of a stack pointer from the stack's end.
 */
#ifndef PLAINCAP_GOROUTINES_H
#define PLAINCAP_GOROUTINES_H

#include "calls.h"

/* Return addresses that are looked at between a socket call and the TLS call that it is inside. */
#define GO_FRAMES_MAX 64

struct goroutine {
	struct goroutine_key key;
	/* struct stack, the first field of struct g (src/runtime/runtime2.go) */
	__u64 stack_low;
	__u64 stack_high;
};

static __always_inline bool read_goroutine(struct goroutine *goroutine, __u64 g, __u32 tgid)
{
	goroutine->key.g = g;
	goroutine->key.tgid = tgid;
	goroutine->key.reserved = 0;
	return bpf_probe_read_user(&goroutine->stack_low, 2 * sizeof(__u64), (void *)g) == 0 &&
	       goroutine->stack_low < goroutine->stack_high;
}

/* What identifies a place in the stack though the stack moves; ordered as addresses are. */
static __always_inline __u64 stack_place(const struct goroutine *goroutine, __u64 address)
{
	return address - goroutine->stack_high;
}

static __always_inline struct call *enter_goroutine_call(const struct goroutine *goroutine,
							 __u64 sp, __u64 object, __u64 cookie)
{
	struct thread *calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);
	__u32 tgid = goroutine->key.tgid;
	struct call *call;
	__u8 yes = 1;

	if (!bpf_map_lookup_elem(&go_processes, &tgid))
		bpf_map_update_elem(&go_processes, &tgid, &yes, BPF_ANY);
	if (!calls) {
		bpf_map_update_elem(&goroutines, &goroutine->key, &no_calls, BPF_NOEXIST);
		calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);
		if (!calls)
			return NULL;
	}
	call = push_call(calls, stack_place(goroutine, sp), object, cookie);
	if (call)
		bpf_probe_read_user(&call->return_address, sizeof(__u64), (void *)sp);
	return call;
}

static __always_inline struct call *leave_goroutine_call(const struct goroutine *goroutine,
							 __u64 sp)
{
	struct thread *calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);

	return calls ? pop_call(calls, stack_place(goroutine, sp)) : NULL;
}

/* The call that the innermost one is inside; NULL if there is none. */
static __always_inline struct call *outer_call(const struct goroutine *goroutine)
{
	struct thread *calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);

	if (!calls || calls->depth < 2 || calls->depth > CALLS_MAX)
		return NULL;
	return &calls->calls[(calls->depth - 2) % CALLS_MAX];
}

/* Call it last: the place of the call that was left may be given to another goroutine. */
static __always_inline void forget_idle_goroutine(const struct goroutine *goroutine)
{
	struct thread *calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);

	if (calls && calls->depth == 0)
		bpf_map_delete_elem(&goroutines, &goroutine->key);
}

struct open_call_search {
	const struct thread *calls;
	__u64 stack_high;
	__u64 frame; /* that is looked at next */
	__u64 found; /* 1 + the call's index; 0: none */
};

/* 1 + the index of the call that was entered there; 0: none. Global, as live_depth() is. */
__weak __noinline __u32 find_call_at(const struct thread *calls, __u64 place, __u64 return_address)
{
	for (__u32 i = 0; calls && i < CALLS_MAX; i++) {
		const struct call *call = &calls->calls[i];

		if (i < calls->depth && call->sp == place && call->return_address == return_address)
			return i + 1;
	}
	return 0;
}

static long look_at_frame(__u32 index, struct open_call_search *search)
{
	__u64 place = search->frame + sizeof(__u64) - search->stack_high;
	struct {
		__u64 next;
		__u64 return_address;
	} saved;

	if (bpf_probe_read_user(&saved, sizeof(saved), (void *)search->frame))
		return 1;
	search->found = find_call_at(search->calls, place, saved.return_address);
	if (search->found)
		return 1;
	if (saved.next <= search->frame)
		return 1;
	search->frame = saved.next;
	return 0;
}

/*
 * The innermost of the calls that are really open. One that was left by a panic stays in the list:
 * it is open if the chain of frame pointers has its return address, at its place.
 */
static __always_inline struct call *find_open_call(struct thread *calls,
						   const struct goroutine *goroutine, __u64 frame)
{
	struct open_call_search search = {
		.calls = calls,
		.stack_high = goroutine->stack_high,
		.frame = frame,
	};

	bpf_loop(GO_FRAMES_MAX, look_at_frame, &search, 0);
	return search.found ? &calls->calls[(search.found - 1) % CALLS_MAX] : NULL;
}

/* The open call of the goroutine that makes this system call; NULL if there is none. */
static __always_inline struct call *open_goroutine_call(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct goroutine goroutine;
	struct thread *calls;
	struct pt_regs *regs;
	__u64 frame = 0;
	__u64 g = 0;

	if (!has_go_programs || !bpf_map_lookup_elem(&go_processes, &tgid))
		return NULL;
	regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	/* struct pt_regs is an ABI of each architecture: nothing to relocate. */
	bpf_probe_read_kernel(&g, sizeof(g), &regs->r14);
	bpf_probe_read_kernel(&frame, sizeof(frame), &regs->rbp);
	if (!read_goroutine(&goroutine, g, tgid))
		return NULL;
	calls = bpf_map_lookup_elem(&goroutines, &goroutine.key);
	return calls && calls->depth ? find_open_call(calls, &goroutine, frame) : NULL;
}

/* The innermost open call of whoever runs on this thread. */
static __always_inline struct call *open_call_of_task(void)
{
	struct call *call = open_call();

	return call ? call : open_goroutine_call();
}

struct bpf_map;

static long forget_goroutine_of(struct bpf_map *map, struct goroutine_key *key,
				struct thread *calls, __u32 *tgid)
{
	if (key->tgid == *tgid)
		bpf_map_delete_elem(map, key);
	return 0;
}

/* The process is gone, or another program: calls that were open never return. */
static __always_inline void forget_goroutines(__u32 tgid)
{
	if (bpf_map_delete_elem(&go_processes, &tgid) == 0)
		bpf_for_each_map_elem(&goroutines, forget_goroutine_of, &tgid, 0);
}

#endif
