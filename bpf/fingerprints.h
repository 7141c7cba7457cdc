/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which socket carries a TLS object whose BIO is memory (node, Python asyncio): the ciphertext
 * that the library hands to its BIO is what leaves through a socket soon after.
 */
#ifndef PLAINCAP_FINGERPRINTS_H
#define PLAINCAP_FINGERPRINTS_H

#include "maps.h"

static __always_inline bool read_fingerprint(struct fingerprint *print, __u64 buffer, __u64 length,
					     __u32 tgid)
{
	print->tgid = tgid;
	print->reserved = 0;
	return length >= FINGERPRINT_OFFSET + FINGERPRINT_BYTES &&
	       bpf_probe_read_user(print->bytes, FINGERPRINT_BYTES,
				   (void *)(buffer + FINGERPRINT_OFFSET)) == 0;
}

/* The object wrote this ciphertext. */
static __always_inline void keep_fingerprint(const struct session_key *object, __u64 buffer,
					     __u64 length)
{
	__u64 now = bpf_ktime_get_boot_ns();
	__u32 tgid = object->tgid;
	struct fingerprint print;

	if (!read_fingerprint(&print, buffer, length, tgid))
		return;
	bpf_map_update_elem(&fingerprints, &print, object, BPF_ANY);
	bpf_map_update_elem(&waiting, &tgid, &now, BPF_ANY);
}

/* The object that wrote the ciphertext which now leaves through a socket. False if there is none.
 */
static __always_inline bool take_fingerprint(struct session_key *object, __u64 buffer, __u64 length,
					     __u32 tgid)
{
	struct session_key *writer;
	struct fingerprint print;

	if (!read_fingerprint(&print, buffer, length, tgid))
		return false;
	writer = bpf_map_lookup_elem(&fingerprints, &print);
	if (!writer)
		return false;
	*object = *writer;
	bpf_map_delete_elem(&fingerprints, &print);
	return true;
}

/* Something of this process waits to be sent: else its sends need not be looked at. */
static __always_inline bool has_fingerprints(__u32 tgid)
{
	__u64 *last = bpf_map_lookup_elem(&waiting, &tgid);

	return last && bpf_ktime_get_boot_ns() - *last < FINGERPRINT_LIFETIME_NS;
}

#endif
