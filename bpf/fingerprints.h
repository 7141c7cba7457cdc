/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which socket carries a TLS object whose BIO is memory (node, Python asyncio): the ciphertext
 * that the library hands to its BIO is what leaves through a socket soon after, and what a socket
 * received is what the library then takes from its BIO.
 */
#ifndef PLAINCAP_FINGERPRINTS_H
#define PLAINCAP_FINGERPRINTS_H

#include "maps.h"

/* Of a record whose ciphertext begins `offset` bytes after the begin of the buffer. */
static __always_inline bool read_fingerprint_at(struct fingerprint *print, __u64 buffer,
						__u64 length, __u32 offset, __u32 tgid)
{
	print->tgid = tgid;
	print->reserved = 0;
	return length >= offset + FINGERPRINT_BYTES &&
	       bpf_probe_read_user(print->bytes, FINGERPRINT_BYTES, (void *)(buffer + offset)) == 0;
}

static __always_inline bool read_fingerprint(struct fingerprint *print, __u64 buffer, __u64 length,
					     __u32 tgid)
{
	return read_fingerprint_at(print, buffer, length, FINGERPRINT_OFFSET, tgid);
}

/* The object wrote this ciphertext. */
static __always_inline void keep_fingerprint(const struct session_key *object, __u64 buffer,
					     __u64 length)
{
	__u64 now = bpf_ktime_get_boot_ns();
	struct session_key nobody = {};
	__u32 tgid = object->tgid;
	struct session_key *other;
	struct fingerprint print;

	if (!read_fingerprint(&print, buffer, length, tgid))
		return;
	/* Not all bytes are random: each HelloRetryRequest has the same (RFC 8446, 4.1.3). */
	other = bpf_map_lookup_elem(&fingerprints, &print);
	if (other && other->object != object->object)
		object = &nobody;
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
	if (!writer || !writer->object)
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

/* A session of this process read bytes, and its socket is not known. */
static __always_inline void seek_receipts(__u32 tgid)
{
	__u64 now = bpf_ktime_get_boot_ns();

	bpf_map_update_elem(&seeking, &tgid, &now, BPF_ANY);
}

/* Then what its sockets receive is looked at. */
static __always_inline bool seeks_receipts(__u32 tgid)
{
	__u64 *last = bpf_map_lookup_elem(&seeking, &tgid);

	return last && bpf_ktime_get_boot_ns() - *last < FINGERPRINT_LIFETIME_NS;
}

/* This was received. */
static __always_inline void keep_receipt(const struct receipt *receipt, __u64 buffer, __u64 length,
					 __u32 tgid)
{
	struct fingerprint print;

	if (read_fingerprint(&print, buffer, length, tgid))
		bpf_map_update_elem(&receipts, &print, receipt, BPF_ANY);
}

/*
 * Where the library has from what it takes from its BIO now; NULL if that is not known. It takes a
 * record's header first and then the rest, or both at once.
 */
static __always_inline struct receipt *find_receipt(__u64 buffer, __u64 length, __u32 tgid)
{
	struct receipt *receipt = NULL;
	struct fingerprint print;

	if (read_fingerprint_at(&print, buffer, length, 0, tgid))
		receipt = bpf_map_lookup_elem(&receipts, &print);
	if (!receipt && read_fingerprint(&print, buffer, length, tgid))
		receipt = bpf_map_lookup_elem(&receipts, &print);
	return receipt;
}

#endif
