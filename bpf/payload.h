/* SPDX-License-Identifier: GPL-2.0-only */
/* A call's bytes into the ring buffer, whole, in chunks. */
#ifndef PLAINCAP_PAYLOAD_H
#define PLAINCAP_PAYLOAD_H

#include "maps.h"
#include "ring.h"

/* UIO_MAXIOV of the kernel: no system call takes more buffers. */
#define PIECES_MAX 1024

/*
 * What all chunks of a call share. Its bytes are at call->buffer; or, with `pieces`, in the buffers
 * of an array there, whose elements are of 16 bytes: struct iovec, or NSPR's PRIOVec with an int
 * for a length.
 */
struct payload {
	struct record_header header;
	struct call *call;
	__u64 piece_length_mask; /* of the second 8 bytes of an element */
	__u32 pieces;		 /* elements; 0: no array */
	__u64 duration;
	__u64 session;
	__u64 position;
	__u64 length;
	__u32 tid;
	__u8 direction;
	__u8 function;
	__u8 reason; /* enum loss_reason: why the content is lost; LOSS_REASON_COUNT: it is not */
};

/* All of the record but its payload. */
static __always_inline void submit_chunk(const struct payload *p, struct data_record *record,
					 __u64 offset, __u32 length)
{
	record->header = p->header;
	record->duration = p->duration;
	record->session = p->session;
	record->position = p->position + offset;
	record->call_offset = offset;
	record->original_length = p->length;
	record->captured_length = length;
	record->tid = p->tid;
	record->direction = p->direction;
	record->function = p->function;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	bpf_ringbuf_submit(record, wakeup_flags());
}

/*
 * Copies `length` (1 to `size`, a power of two) bytes into a record that has room for `size`: the
 * kernel wants the size of a reservation as a constant, so there is one of these a size.
 */
static __always_inline void copy_chunk(struct payload *p, const __u32 size, __u64 offset,
				       __u32 length)
{
	struct data_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record) + size, 0);
	__u32 bounded = length - 1;

	if (!record) {
		p->call->lost_ring_full += length;
		return;
	}
	/* clang knows that length <= size and would drop this; the verifier must see it. */
	asm volatile("%0 &= %1" : "+r"(bounded) : "i"(size - 1));
	bounded++;
	if (bpf_probe_read_user(record->payload, bounded, (void *)p->call->piece.address)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		p->call->lost_unreadable += length;
		return;
	}
	submit_chunk(p, record, offset, length);
	p->call->told_end = offset + length;
}

/* False if there is none, or if its place cannot be read. */
static __always_inline bool find_next_piece(struct payload *p)
{
	struct call *call = p->call;

	if (call->next_piece >= call->buffer + p->pieces * sizeof(call->piece) ||
	    bpf_probe_read_user(&call->piece, sizeof(call->piece), (void *)call->next_piece))
		return false;
	call->next_piece += sizeof(call->piece);
	call->piece.left &= p->piece_length_mask;
	return true;
}

static long copy_next_chunk(__u32 index, struct payload *p)
{
	struct call *call = p->call;
	__u64 offset = call->copied;
	__u64 left = (p->length < config.snaplen ? p->length : config.snaplen) - offset;
	__u32 length;

	if ((__s64)left <= 0)
		return 1;
	if (call->piece.left == 0 && !find_next_piece(p)) {
		call->lost_unreadable += left;
		call->copied += left;
		return 1;
	}
	if (left > call->piece.left)
		left = call->piece.left;
	if (left == 0)
		return 0;
	length = left > CHUNK_MAX_BYTES ? CHUNK_MAX_BYTES : left;
	if (length <= 128)
		copy_chunk(p, 128, offset, length);
	else if (length <= 256)
		copy_chunk(p, 256, offset, length);
	else if (length <= 512)
		copy_chunk(p, 512, offset, length);
	else if (length <= 1024)
		copy_chunk(p, 1024, offset, length);
	else if (length <= 2048)
		copy_chunk(p, 2048, offset, length);
	else if (length <= 4096)
		copy_chunk(p, 4096, offset, length);
	else if (length <= 8192)
		copy_chunk(p, 8192, offset, length);
	else if (length <= 16384)
		copy_chunk(p, 16384, offset, length);
	else if (length <= 32768)
		copy_chunk(p, 32768, offset, length);
	else
		copy_chunk(p, CHUNK_MAX_BYTES, offset, length);
	call->copied += length;
	call->piece.address += length;
	call->piece.left -= length;
	return 0;
}

/* The rest of a long call. Readers know it for cut off on purpose by what is told before it. */
static __always_inline void count_rest(struct call *call, __u64 length)
{
	if (config.snaplen == CALL_MAX_BYTES)
		count_lost(LOSS_CALL_TOO_LONG, 1, length);
	else if (call->told_end == call->copied)
		count_lost(LOSS_SNAPLEN, 1, length);
	else if (call->lost_ring_full)
		call->lost_ring_full += length;
	else
		call->lost_unreadable += length;
}

static __always_inline void emit_payload(struct payload *p)
{
	struct call *call = p->call;

	count_calls(1, p->length);
	call->lost_ring_full = 0;
	call->lost_unreadable = 0;
	call->copied = 0;
	call->told_end = 0;
	call->piece.address = call->buffer;
	call->piece.left = p->pieces ? 0 : p->length;
	call->next_piece = call->buffer;
	bpf_loop(CALL_MAX_BYTES / CHUNK_MAX_BYTES + PIECES_MAX, copy_next_chunk, p, 0);
	if (p->length > call->copied)
		count_rest(call, p->length - call->copied);
	if (call->lost_ring_full)
		count_lost(LOSS_RING_FULL, 1, call->lost_ring_full);
	if (call->lost_unreadable)
		count_lost(LOSS_UNREADABLE, 1, call->lost_unreadable);
}

/*
 * The call's bytes are in no memory of the program. An empty chunk behind them tells readers at
 * once that they are missing, before what the other end says then.
 */
static __always_inline void pass_over_payload(struct payload *p, enum loss_reason reason)
{
	struct data_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (record)
		submit_chunk(p, record, p->length, 0);
	count_calls(1, p->length);
	count_lost(reason, 1, p->length);
}

/* Not one chunk of the call can be told. */
static __always_inline void lose_payload(const struct payload *p, enum loss_reason reason)
{
	count_calls(1, p->length);
	count_lost(reason, 1, p->length);
}

#endif
