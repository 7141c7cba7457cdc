/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions: the TLS objects of programs, and the connection that carries each. */
#ifndef PLAINCAP_SESSIONS_H
#define PLAINCAP_SESSIONS_H

#include "connections.h"
#include "maps.h"
#include "ring.h"

/* False if the ring is full. */
static __always_inline bool announce_session_end(const struct session *session, __u32 tgid)
{
	struct session_end_record *record;

	if (!session->announced)
		return true;
	record = reserve_record(RECORD_SESSION_END, sizeof(*record), tgid, bpf_ktime_get_boot_ns());
	if (!record)
		return false;
	record->session = session->id;
	record->position[DIRECTION_READ] = session->position[DIRECTION_READ];
	record->position[DIRECTION_WRITE] = session->position[DIRECTION_WRITE];
	tell_failed_handshake(record, session);
	bpf_ringbuf_submit(record, wakeup_flags());
	return true;
}

/* The session of an object, made when there is none; NULL if the table is full. */
static __always_inline struct session *get_session(const struct session_key *key, __u16 library)
{
	struct session *known = bpf_map_lookup_elem(&sessions, key);
	struct session fresh = {};

	if (known && !known->ended)
		return known;
	if (known)
		announce_session_end(known, key->tgid);
	fresh.id = __sync_fetch_and_add(&last_session, 1) + 1;
	fresh.library = library;
	bpf_map_update_elem(&sessions, key, &fresh, BPF_ANY);
	return bpf_map_lookup_elem(&sessions, key);
}

/* The session no longer keeps others from its connection's socket. */
static __always_inline void release_connection(const struct session *session)
{
	__u64 key = session->sock;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);

	if (connection && connection->session == session->id)
		connection->session = 0;
}

/* What follows is another session of the same TLS object. */
static __always_inline void restart_session(struct session *session, const struct session_key *key)
{
	announce_session_end(session, key->tgid);
	release_connection(session);
	session->id = __sync_fetch_and_add(&last_session, 1) + 1;
	session->position[DIRECTION_READ] = 0;
	session->position[DIRECTION_WRITE] = 0;
	session->unfinished = 0;
	session->handshake_ktime = 0;
	session->handshake = HANDSHAKE_UNSEEN;
	session->hellos = 0;
	__builtin_memset(&session->attempt, 0, sizeof(session->attempt));
	__builtin_memset(session->hello_bytes, 0, sizeof(session->hello_bytes));
}

/*
 * The TLS object is gone. While the ring is too full to tell, the session stays for the addon to
 * find when the process ends, or until the next object at the same address.
 */
static __always_inline void end_session(const struct session_key *key)
{
	struct session *session = bpf_map_lookup_elem(&sessions, key);

	if (!session)
		return;
	release_connection(session);
	if (announce_session_end(session, key->tgid))
		bpf_map_delete_elem(&sessions, key);
	else
		session->ended = 1;
}

/*
 * A call of a process that is not asked for, or not any more: whatever its session moves later is
 * another one's, as nobody counts the bytes in between.
 */
static __always_inline void miss_call(const struct session_key *key)
{
	if (process_filter.active && !stopped)
		end_session(key);
}

/* False if the ring is full. */
static __always_inline bool announce_process(__u32 tgid, __u64 ktime)
{
	struct task_struct *leader;
	struct process_record *record;
	__u8 yes = 1;

	if (bpf_map_lookup_elem(&processes, &tgid))
		return true;
	record = reserve_record(RECORD_PROCESS, sizeof(*record), tgid, ktime);
	if (!record)
		return false;
	leader = BPF_CORE_READ(bpf_get_current_task_btf(), group_leader);
	record->uid = (__u32)bpf_get_current_uid_gid();
	BPF_CORE_READ_STR_INTO(&record->comm, leader, comm);
	bpf_ringbuf_submit(record, wakeup_flags());
	bpf_map_update_elem(&processes, &tgid, &yes, BPF_ANY);
	return true;
}

/*
 * Tells the addon of a session that is new or changed, and before it of its process and its
 * connection. False if the ring is full: then nothing may be told of the session yet.
 */
static __always_inline bool announce_session(struct session *session, __u64 object, __u32 tgid,
					     __u64 ktime)
{
	struct session_record *record;
	struct connection *connection;
	__u64 key = session->sock;

	if (!announce_process(tgid, ktime))
		return false;
	if (session->announced)
		return true;
	connection = bpf_map_lookup_elem(&connections, &key);
	if (connection && connection->id == session->connection &&
	    !announce_connection((struct sock *)key, connection, tgid))
		return false;
	record = reserve_record(RECORD_SESSION, sizeof(*record), tgid, ktime);
	if (!record)
		return false;
	record->session = session->id;
	record->object = object;
	record->connection = session->connection;
	record->library = session->library;
	record->evidence = session->evidence;
	bpf_ringbuf_submit(record, wakeup_flags());
	session->announced = 1;
	return true;
}

/* The connection that the session was bound to is still open. */
static __always_inline bool has_live_connection(const struct session *session)
{
	__u64 key = session->sock;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);

	return connection && connection->id == session->connection;
}

/* Its connection is known beyond doubt, and still open. */
static __always_inline bool is_proven(const struct session *session)
{
	return session->evidence == EVIDENCE_FINGERPRINT && has_live_connection(session);
}

/*
 * Whether evidence stands against what is known: against other evidence for the session that is as
 * strong, or against another session of the socket, as programs write to other sockets inside a
 * TLS call, from its callbacks.
 */
static __always_inline bool is_outweighed(const struct session *session,
					  const struct connection *connection, __u8 evidence,
					  __u32 tgid)
{
	if (evidence == EVIDENCE_FINGERPRINT)
		return false;
	if (evidence <= session->evidence && has_live_connection(session))
		return true;
	return connection->session && connection->session != session->id &&
	       connection->session_tgid == tgid;
}

static __always_inline void count_contradiction(void)
{
	struct counters *c = cpu_counters();

	if (c)
		__sync_fetch_and_add(&c->contradictions, 1);
}

/* The plaintext of what was counted as lost is told by the session that carries it. */
static __always_inline void recover_hidden(struct connection *connection)
{
	struct loss_count *hidden = &connection->hidden;

	connection->carries_tls = 1;
	if (!hidden->calls)
		return;
	count_calls(-hidden->calls, -hidden->bytes);
	count_lost(LOSS_ENCRYPTED, -hidden->calls, -hidden->bytes);
	hidden->calls = 0;
	hidden->bytes = 0;
}

/*
 * The session is carried by this socket. A program that uses its TLS object again for another
 * connection gets a new session, whose byte positions begin at 0.
 */
static __always_inline void bind_session(struct session *session, const struct session_key *object,
					 struct sock *sk, __u8 evidence)
{
	struct connection *connection = get_connection(sk);

	if (!connection)
		return;
	if (session->connection == connection->id) {
		if (session->evidence < evidence) {
			session->evidence = evidence;
			session->announced = 0;
		}
	} else if (is_outweighed(session, connection, evidence, object->tgid)) {
		count_contradiction();
		return;
	} else {
		/* Bytes from before it was known at all are those of this connection. */
		if (session->connection &&
		    (session->position[DIRECTION_READ] || session->position[DIRECTION_WRITE]))
			restart_session(session, object);
		session->connection = connection->id;
		session->sock = (__u64)sk;
		session->evidence = evidence;
		session->excluded = connection->excluded;
		session->announced = 0;
	}
	recover_hidden(connection);
	if (!connection->session) {
		connection->session = session->id;
		connection->session_tgid = object->tgid;
	}
	announce_session(session, object->object, object->tgid, bpf_ktime_get_boot_ns());
}

/*
 * TLS inside TLS, as through an HTTPS proxy: what this session writes and reads is what another one
 * of the process carries, whose connection it so has, as soon as that is known.
 */
static __always_inline void follow_carrier(struct session *session, const struct session_key *key)
{
	struct session_key carrier_key = {.object = session->carrier, .tgid = key->tgid};
	struct session *carrier;

	if (!session->carrier || session->carrier == key->object)
		return;
	carrier = bpf_map_lookup_elem(&sessions, &carrier_key);
	if (carrier && has_live_connection(carrier))
		bind_session(session, key, (struct sock *)carrier->sock, EVIDENCE_FINGERPRINT);
}

#endif
