/* SPDX-License-Identifier: GPL-2.0-only */
/* Records into the ring buffer, and what is counted when they do not fit. */
#ifndef PLAINCAP_RING_H
#define PLAINCAP_RING_H

#include "maps.h"

/*
 * A sleeping reader is woken by the first record (the kernel's own rule for flags 0). An awake one
 * comes back by its timer, so it is only woken when the ring fills.
 */
static __always_inline __u64 wakeup_flags(void)
{
	if (!reader_awake)
		return 0;
	if (bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= config.ring_wakeup_bytes)
		return BPF_RB_FORCE_WAKEUP;
	return BPF_RB_NO_WAKEUP;
}

static __always_inline void *reserve_record(__u32 kind, __u32 size, __u32 tgid, __u64 ktime)
{
	struct record_header *header = bpf_ringbuf_reserve(&ring, size, 0);

	if (!header)
		return NULL;
	/* Reserved bytes are old ring content: what is not set below must not leak. */
	__builtin_memset(header, 0, size);
	header->ktime = ktime;
	header->kind = kind;
	header->tgid = tgid;
	return header;
}

static __always_inline struct counters *cpu_counters(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

/* A uprobe can be preempted and its CPU's counters used by another: hence the atomics. */
static __always_inline void count_calls(__u64 calls, __u64 bytes)
{
	struct counters *c = cpu_counters();

	if (!c)
		return;
	__sync_fetch_and_add(&c->calls, calls);
	__sync_fetch_and_add(&c->bytes, bytes);
}

static __always_inline void count_lost(enum loss_reason reason, __u64 calls, __u64 bytes)
{
	struct counters *c = cpu_counters();

	if (!c)
		return;
	__sync_fetch_and_add(&c->lost[reason].calls, calls);
	__sync_fetch_and_add(&c->lost[reason].bytes, bytes);
}

#endif
