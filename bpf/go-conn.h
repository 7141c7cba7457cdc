/* SPDX-License-Identifier: GPL-2.0-only */
/* A tls.Conn of Go: the socket or the other tls.Conn that it is on, and when its session ends. */
#ifndef PLAINCAP_GO_CONN_H
#define PLAINCAP_GO_CONN_H

#include "file-table.h"
#include "goroutines.h"
#include "sessions.h"

static __always_inline __u64 read_word(__u64 address)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)address);
	return word;
}

/* What the interface net.Conn in a tls.Conn holds: its first field, an interface's second word. */
static __always_inline __u64 inner_conn(__u64 conn)
{
	return read_word(conn + 8);
}

/*
 * The socket of a net.TCPConn: its first field is a *netFD, which begins with a poll.FD, where
 * Sysfd follows a mutex of 16 bytes. NULL for anything else that implements net.Conn: what is found
 * then is no descriptor of a TCP socket.
 */
static __always_inline struct sock *socket_of_tcp_conn(__u64 tcp_conn)
{
	__u64 net_fd = read_word(tcp_conn);
	__u64 fd;

	if (bpf_probe_read_user(&fd, sizeof(fd), (void *)(net_fd + 16)) || fd > 0x7fffffff)
		return NULL;
	return tcp_socket_of_fd((__u32)fd);
}

/* What the program itself says of the connection. */
static __always_inline void bind_conn(struct session *session, const struct session_key *key)
{
	struct session_key carrier = {.tgid = key->tgid};
	struct connection *connection;
	struct sock *sk;
	__u64 socket;

	if (session->evidence >= EVIDENCE_SET_FD && has_live_connection(session))
		return;
	carrier.object = inner_conn(key->object);
	sk = socket_of_tcp_conn(carrier.object);
	if (sk) {
		bind_session(session, key, sk, EVIDENCE_SET_FD);
		socket = (__u64)sk;
		connection = bpf_map_lookup_elem(&connections, &socket);
		if (connection)
			connection->read_inside = 1;
		return;
	}
	/* TLS inside TLS: a tls.Conn on a tls.Conn. */
	if (bpf_map_lookup_elem(&sessions, &carrier))
		session->carrier = carrier.object;
	if (!has_live_connection(session))
		follow_carrier(session, key);
}

/* The record header of ciphertext: its type and the major version 3 (RFC 8446, 5.1). */
static __always_inline bool is_ciphertext(__u64 buffer, __u64 length)
{
	__u8 head[2] = {};

	return length >= 5 && bpf_probe_read_user(head, sizeof(head), (void *)buffer) == 0 &&
	       head[0] >= 20 && head[0] <= 23 && head[1] == 3;
}

/*
 * TLS inside TLS through a net.Conn of the program's own: what this call writes is a record of the
 * session whose call it is inside.
 */
static __always_inline void carry_outer_call(const struct goroutine *goroutine, __u64 frame,
					     __u64 carrier)
{
	struct thread *calls = bpf_map_lookup_elem(&goroutines, &goroutine->key);
	struct session_key key = {.tgid = goroutine->key.tgid};
	struct session *session;
	struct call *outer;

	if (!calls || calls->depth == 0)
		return;
	outer = find_open_call(calls, goroutine, frame);
	if (!outer || outer->object == carrier)
		return;
	key.object = outer->object;
	session = get_session(&key, cookie_library(outer->cookie));
	if (!session || has_live_connection(session))
		return;
	session->carrier = carrier;
	follow_carrier(session, &key);
}

/* Bytes may still come by this call after another goroutine closed the tls.Conn. */
static __always_inline void count_read(struct call *call, struct session *session)
{
	__sync_fetch_and_add(&session->open_reads, 1);
	call->session = session->id;
}

static __always_inline void close_session(const struct session_key *key)
{
	struct session *session = bpf_map_lookup_elem(&sessions, key);

	if (session && session->open_reads)
		session->closing = 1;
	else
		end_session(key);
}

static __always_inline void uncount_read(const struct call *call, const struct session_key *key)
{
	struct session *session = bpf_map_lookup_elem(&sessions, key);

	if (session && session->id == call->session &&
	    __sync_fetch_and_add(&session->open_reads, -1) == 1 && session->closing)
		end_session(key);
}

#endif
