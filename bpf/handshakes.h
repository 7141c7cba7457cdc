/* SPDX-License-Identifier: GPL-2.0-only */
/* When a session's handshake was completed, and the application protocol that was agreed on. */
#ifndef PLAINCAP_HANDSHAKES_H
#define PLAINCAP_HANDSHAKES_H

#include "sessions.h"
#include "watch.h"

static __always_inline void begin_handshake(struct session *session, const struct call *call)
{
	/* A server's first call may wait for the ClientHello, or return without it. */
	if (session->handshake == HANDSHAKE_UNSEEN && !session->handshake_ktime)
		session->handshake_ktime = call->ktime;
}

/*
 * A call returned that did not complete the handshake: others do, or it failed. Without a hello it
 * may be older than the capture.
 */
static __always_inline void suspend_handshake(struct session *session, const struct call *call)
{
	__u64 key = session->sock;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);
	__u64 now = bpf_ktime_get_boot_ns();

	if (session->handshake == HANDSHAKE_UNSEEN && !(connection && connection->seen_opening))
		return;
	session->attempt.ktime = now;
	session->attempt.duration = now - session->handshake_ktime;
	session->attempt.tid = (__u32)bpf_get_current_pid_tgid();
	session->attempt.function = cookie_function(call->cookie);
}

/* While the ring is full it stays open, for the first bytes of the application to complete it. */
static __always_inline void complete_handshake(struct session *session,
					       const struct session_key *key,
					       const struct call *call, __u64 ktime)
{
	struct handshake_record *record;

	session->attempt.ktime = 0;
	session->hellos &= ~HELLO_TRANSCRIPT;
	if (session->handshake != HANDSHAKE_OPEN ||
	    !announce_session(session, key->object, key->tgid, ktime))
		return;
	record = reserve_record(RECORD_HANDSHAKE, sizeof(*record), key->tgid, ktime);
	if (!record)
		return;
	record->session = session->id;
	record->duration = ktime - session->handshake_ktime;
	record->tid = (__u32)bpf_get_current_pid_tgid();
	record->function = cookie_function(call->cookie);
	bpf_ringbuf_submit(record, wakeup_flags());
	session->handshake = HANDSHAKE_DONE;
}

/* The program asked for the protocol, which is at this user address. */
static __always_inline void tell_alpn(const struct session *session, __u32 tgid, __u64 protocol,
				      __u64 length)
{
	struct alpn_record *record;

	/* The session's first bytes have taken with them what was known. */
	if (session->handshake == HANDSHAKE_UNSEEN || session->position[DIRECTION_READ] ||
	    session->position[DIRECTION_WRITE])
		return;
	if (!protocol || length == 0 || length > ALPN_MAX_BYTES)
		return;
	record = reserve_record(RECORD_ALPN, sizeof(*record), tgid, bpf_ktime_get_boot_ns());
	if (!record)
		return;
	record->session = session->id;
	record->length = length;
	length &= ALPN_MAX_BYTES;
	if (bpf_probe_read_user(record->bytes, length, (void *)protocol)) {
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
		return;
	}
	bpf_ringbuf_submit(record, wakeup_flags());
}

static __always_inline bool is_early_data(const struct call *call)
{
	__u8 function = cookie_function(call->cookie);

	return function == FUNCTION_SSL_READ_EARLY_DATA ||
	       function == FUNCTION_SSL_WRITE_EARLY_DATA ||
	       function == FUNCTION_GNUTLS_RECV_EARLY_DATA;
}

/*
 * The call moved bytes of the application, so the handshake is over though nothing told when: it
 * was before the call, or in it if a hello was.
 */
static __always_inline void complete_by_data(struct session *session, const struct session_key *key,
					     const struct call *call, __u64 ktime)
{
	if (session->handshake == HANDSHAKE_OPEN && !is_early_data(call))
		complete_handshake(session, key, call,
				   session->hello_ktime > call->ktime ? ktime : call->ktime);
}

#endif
