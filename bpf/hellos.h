/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ClientHello and ServerHello (RFC 8446, 4.1.2 and 4.1.3; RFC 5246, 7.4.1) as they pass by: what a
 * session and its peer agree on stands there in clear, whatever the library and its version. Only
 * the first of each: after a HelloRetryRequest, which names version and cipher suite too, the
 * second ones say the same.
 */
#ifndef PLAINCAP_HELLOS_H
#define PLAINCAP_HELLOS_H

#include "maps.h"
#include "ring.h"
#include "watch.h"

#include <bpf/bpf_core_read.h>

/* ContentType (RFC 8446, 5.1) and HandshakeType (4) */
#define RECORD_TYPE_HANDSHAKE 22
#define CLIENT_HELLO 1
#define SERVER_HELLO 2

#define RECORD_HEADER_BYTES 5
#define MESSAGE_HEADER_BYTES 4

/* Hellos are of interest only before the first byte of the application, and once. */
static __always_inline bool may_say_hello(const struct session *session)
{
	return session->handshake == HANDSHAKE_OPEN ||
	       (session->handshake == HANDSHAKE_UNSEEN && !session->position[DIRECTION_READ] &&
		!session->position[DIRECTION_WRITE]);
}

static __always_inline void copy_hello(const struct session *session, __u8 direction, __u16 offset,
				       __u64 buffer, __u32 length, const __u32 size)
{
	struct hello_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record) + size, 0);
	__u32 bounded = length - 1;

	if (!record)
		return;
	/* As in copy_chunk(): the verifier must see the bound. */
	asm volatile("%0 &= %1" : "+r"(bounded) : "i"(size - 1));
	bounded++;
	if (bpf_probe_read_user(record->bytes, bounded, (void *)buffer)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return;
	}
	record->header.ktime = bpf_ktime_get_boot_ns();
	record->header.kind = RECORD_HELLO;
	record->header.tgid = current_tgid();
	record->session = session->id;
	record->offset = offset;
	record->length = length;
	record->direction = direction;
	__builtin_memset(record->reserved, 0, sizeof(record->reserved));
	bpf_ringbuf_submit(record, wakeup_flags());
}

/* The session said or heard (a part of) a hello, in a call. */
static __always_inline void tell_hello(struct session *session, const struct call *call,
				       __u8 direction, __u16 offset, __u64 buffer, __u64 length)
{
	if (!session->handshake_ktime)
		session->handshake_ktime = call->ktime;
	session->hello_ktime = bpf_ktime_get_boot_ns();
	session->handshake = HANDSHAKE_OPEN;
	session->attempt.tid = (__u32)bpf_get_current_pid_tgid();
	session->attempt.function = cookie_function(call->cookie);
	if (length == 0)
		return;
	if (length <= 256)
		copy_hello(session, direction, offset, buffer, length, 256);
	else if (length <= 1024)
		copy_hello(session, direction, offset, buffer, length, 1024);
	else
		copy_hello(session, direction, offset, buffer,
			   length < HELLO_MAX_BYTES ? length : HELLO_MAX_BYTES, HELLO_MAX_BYTES);
}

static __always_inline __u32 uint16_at(const __u8 *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

/* Of a handshake message, with its header. */
static __always_inline __u32 message_size(const __u8 *message)
{
	return MESSAGE_HEADER_BYTES + (message[1] << 16 | uint16_at(message + 2));
}

/*
 * What a library hands to a BIO: the records that it writes; and, as OpenSSL keeps the transcript
 * in one until the hash is agreed on (ssl3_finish_mac), each message that it read or wrote, as a
 * whole. A message that it writes is first seen in its record.
 */
static __always_inline void hello_in_bio(struct session *session, const struct call *call,
					 __u64 buffer, __u64 length)
{
	__u8 head[RECORD_HEADER_BYTES + MESSAGE_HEADER_BYTES];
	bool is_record;
	__u8 *message;
	__u64 size;
	__u8 said;

	session->hellos |= HELLO_BIOS;
	if (!may_say_hello(session) || length < sizeof(head) ||
	    bpf_probe_read_user(head, sizeof(head), (void *)buffer))
		return;
	is_record = head[0] == RECORD_TYPE_HANDSHAKE && head[1] == 3;
	message = is_record ? head + RECORD_HEADER_BYTES : head;
	size = message_size(message);
	if (message[0] == CLIENT_HELLO)
		said = HELLO_CLIENT;
	else if (message[0] == SERVER_HELLO)
		said = HELLO_SERVER;
	else
		return;
	if (!is_record && size == length)
		session->hellos |= HELLO_TRANSCRIPT;
	if (session->hellos & said)
		return;
	if (!is_record) {
		if (size != length)
			return;
		session->hellos |= said;
		tell_hello(session, call,
			   session->hellos & said << 2 ? DIRECTION_WRITE : DIRECTION_READ, 0,
			   buffer, length);
	} else if (size > uint16_at(head + 3) || size > length - RECORD_HEADER_BYTES) {
		session->hellos |= said << 2; /* goes on in the next record */
		tell_hello(session, call, DIRECTION_WRITE, 0, buffer, 0);
	} else {
		session->hellos |= said;
		tell_hello(session, call, DIRECTION_WRITE, 0, buffer + RECORD_HEADER_BYTES, size);
	}
}

/* The same for libraries without BIOs, by what a call sends and receives through its socket. */
static __always_inline bool seeks_socket_hello(const struct session *session, __u8 direction)
{
	return may_say_hello(session) && !(session->hellos & HELLO_BIOS) &&
	       session->hello_bytes[direction] != HELLO_OVER;
}

/* These bytes are the next of the session's ciphertext in this direction. */
static __always_inline void hello_in_socket(struct session *session, const struct call *call,
					    const __u8 direction, __u64 buffer, __u64 length)
{
	__u16 told = session->hello_bytes[direction];
	__u8 head[RECORD_HEADER_BYTES + 1] = {};
	__u64 left;

	if (told == 0) {
		/* The header may come alone, as GnuTLS and NSS ask for it first. */
		if (length < RECORD_HEADER_BYTES ||
		    bpf_probe_read_user(
			    head, length > RECORD_HEADER_BYTES ? sizeof(head) : RECORD_HEADER_BYTES,
			    (void *)buffer) ||
		    head[0] != RECORD_TYPE_HANDSHAKE || head[1] != 3 ||
		    (length > RECORD_HEADER_BYTES && head[RECORD_HEADER_BYTES] != CLIENT_HELLO &&
		     head[RECORD_HEADER_BYTES] != SERVER_HELLO)) {
			session->hello_bytes[direction] = HELLO_OVER;
			return;
		}
		left = RECORD_HEADER_BYTES + uint16_at(head + 3);
		session->hello_size[direction] = left < HELLO_MAX_BYTES ? left : HELLO_MAX_BYTES;
	}
	left = session->hello_size[direction] - told;
	if (length > left)
		length = left;
	if (length == 0 || length > HELLO_MAX_BYTES)
		return;
	session->hello_bytes[direction] = length == left ? HELLO_OVER : told + length;
	tell_hello(session, call, direction, told, buffer, length);
}

#endif
