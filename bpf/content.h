/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What goes through a socket: plaintext that can be told, or bytes that mean nothing to a reader.
 * The first bytes of calls tell it, in either direction.
 */
#ifndef PLAINCAP_CONTENT_H
#define PLAINCAP_CONTENT_H

#include "maps.h"
#include "payload.h"

#define HEAD_BYTES 32
/* Empty buffers that a program may give before the first one with bytes. */
#define EMPTY_PIECES_MAX 4

/* The first bytes of a call; none if they are not in the program's memory. */
struct head {
	__u8 bytes[HEAD_BYTES]; /* 0 beyond the length */
	__u32 length;
};

static __always_inline void read_head(struct head *head, const struct payload *p)
{
	struct {
		__u64 address;
		__u64 length;
	} piece = {.address = p->call->buffer, .length = p->length};
	__u32 bounded;

	for (__u32 i = 0; i < EMPTY_PIECES_MAX && i < p->pieces; i++) {
		__u64 element = p->call->buffer + i * sizeof(piece);

		if (bpf_probe_read_user(&piece, sizeof(piece), (void *)element))
			return;
		if (piece.length)
			break;
	}
	if (piece.length > p->length)
		piece.length = p->length;
	if (piece.length == 0)
		return;
	bounded = (piece.length < HEAD_BYTES ? piece.length : HEAD_BYTES) - 1;
	/* As in payload.h: the verifier must see it. */
	asm volatile("%0 &= %1" : "+r"(bounded) : "i"(HEAD_BYTES - 1));
	if (bpf_probe_read_user(head->bytes, bounded + 1, (void *)piece.address) == 0)
		head->length = bounded + 1;
}

/* Of TLSPlaintext and TLSCiphertext (RFC 8446, 5.1 and 5.2; RFC 5246, 6.2.3): 2^14 + 2048 bytes. */
static __always_inline bool has_record_length(const __u8 *bytes)
{
	__u32 length = (__u32)bytes[3] << 8 | bytes[4];

	return length > 0 && length <= 16384 + 2048;
}

/* A TLS record, or as much of its header as there is, where a conversation begins. */
static __always_inline bool begins_record(const struct head *head)
{
	const __u8 *b = head->bytes;

	if (head->length == 0 || b[0] < 20 || b[0] > 23)
		return false;
	if (head->length < 3)
		return b[0] == 22 && (head->length == 1 || b[1] == 3);
	return b[1] == 3 && b[2] <= 4 && (head->length < 5 || has_record_length(b));
}

/* A ClientHello or ServerHello, where a conversation may turn into TLS: STARTTLS, CONNECT. */
static __always_inline bool begins_handshake(const struct head *head)
{
	const __u8 *b = head->bytes;

	return head->length >= 5 && b[0] == 22 && b[1] == 3 && b[2] <= 4 && has_record_length(b) &&
	       (head->length == 5 || b[5] == 1 || b[5] == 2);
}

/* RFC 4253, 4.2; ciphertext follows. Our own session may be shown through it, too. */
static __always_inline bool begins_ssh(const struct head *head)
{
	const __u8 *b = head->bytes;

	return head->length >= 4 && b[0] == 'S' && b[1] == 'S' && b[2] == 'H' && b[3] == '-';
}

/* A Section Header Block of pcapng, in our byte order: who passes on our output would be captured,
 * and what is captured of it would be output again.
 */
static __always_inline bool begins_capture(const struct head *head)
{
	const __u8 *b = head->bytes;

	return head->length >= 12 && b[0] == 0x0a && b[1] == 0x0d && b[2] == 0x0d && b[3] == 0x0a &&
	       b[8] == 0x4d && b[9] == 0x3c && b[10] == 0x2b && b[11] == 0x1a;
}

/* A frame header of HTTP/2 (RFC 9113, 4.1) with a known type and flags, on a stream below 2^24. */
static __always_inline bool begins_frame(const struct head *head)
{
	const __u8 *b = head->bytes;

	return head->length >= 9 && b[0] == 0 && b[3] <= 9 && (b[4] & ~0x2d) == 0 && b[5] == 0;
}

/*
 * At most one of eight bytes is outside of ASCII: of ciphertext every second is, so of 32 bytes one
 * start in 100,000 is taken for text. Without branches, of which the verifier follows every one.
 */
static __always_inline bool is_structured(const struct head *head)
{
	__u32 others = 0;

	for (__u32 i = 0; i < HEAD_BYTES; i += sizeof(__u64)) {
		__u64 eight;

		__builtin_memcpy(&eight, head->bytes + i, sizeof(eight));
		others += ((eight >> 7 & 0x0101010101010101) * 0x0101010101010101) >> 56;
	}
	return head->length > 0 && others * 8 <= head->length;
}

/*
 * A conversation that was seen from its beginning is plain unless it begins as one that is not. In
 * the middle of an older one, there must be a sign that it is no ciphertext.
 *
 * connection: NULL if it is over, and the program reads what arrived before
 */
static __always_inline enum content first_content(const struct connection *connection,
						  const struct head *head, bool inside_tls_call)
{
	if (begins_record(head) || begins_ssh(head))
		return CONTENT_ENCRYPTED;
	if (begins_capture(head))
		return CONTENT_OWN_OUTPUT;
	if (connection && connection->seen_opening)
		return CONTENT_PLAIN;
	if (connection && connection->carries_tls)
		return CONTENT_ENCRYPTED;
	return !inside_tls_call && (begins_frame(head) || is_structured(head)) ? CONTENT_PLAIN
									       : CONTENT_UNKNOWN;
}

#endif
