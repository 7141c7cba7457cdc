/* SPDX-License-Identifier: GPL-2.0-only */
/* Sessions: the TLS objects of programs, and the connection that carries each. */
#ifndef PLAINCAP_SESSIONS_H
#define PLAINCAP_SESSIONS_H

#include "connections.h"
#include "maps.h"
#include "ring.h"

static __always_inline struct session *get_session(const struct session_key *key, __u16 library)
{
	struct session *known = bpf_map_lookup_elem(&sessions, key);
	struct session fresh = {};

	if (known)
		return known;
	fresh.id = __sync_fetch_and_add(&last_session, 1) + 1;
	fresh.library = library;
	bpf_map_update_elem(&sessions, key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&sessions, key);
}

static __always_inline void announce_process(__u32 tgid, __u64 ktime)
{
	struct task_struct *leader = BPF_CORE_READ(bpf_get_current_task_btf(), group_leader);
	struct process_record *record;
	__u8 yes = 1;

	if (bpf_map_lookup_elem(&processes, &tgid))
		return;
	record = reserve_record(RECORD_PROCESS, sizeof(*record), tgid, ktime);
	if (!record)
		return;
	record->uid = (__u32)bpf_get_current_uid_gid();
	BPF_CORE_READ_STR_INTO(&record->comm, leader, comm);
	bpf_ringbuf_submit(record, wakeup_flags());
	bpf_map_update_elem(&processes, &tgid, &yes, BPF_ANY);
}

/* Tells the addon of a session that is new or changed. On a full ring the next call tries again. */
static __always_inline void announce_session(struct session *session, __u32 tgid, __u64 ktime)
{
	struct session_record *record;

	announce_process(tgid, ktime);
	if (session->announced)
		return;
	record = reserve_record(RECORD_SESSION, sizeof(*record), tgid, ktime);
	if (!record)
		return;
	record->session = session->id;
	record->connection = session->connection;
	record->library = session->library;
	record->evidence = session->evidence;
	bpf_ringbuf_submit(record, wakeup_flags());
	session->announced = 1;
}

static __always_inline void announce_session_end(const struct session *session, __u32 tgid)
{
	struct session_end_record *record;

	if (!session->announced)
		return;
	record = reserve_record(RECORD_SESSION_END, sizeof(*record), tgid, bpf_ktime_get_boot_ns());
	if (!record)
		return;
	record->session = session->id;
	record->position[DIRECTION_READ] = session->position[DIRECTION_READ];
	record->position[DIRECTION_WRITE] = session->position[DIRECTION_WRITE];
	bpf_ringbuf_submit(record, wakeup_flags());
}

/* Its connection is known beyond doubt, and still open. */
static __always_inline bool is_proven(const struct session *session)
{
	__u64 key = session->sock;
	struct connection *connection;

	if (session->evidence != EVIDENCE_FINGERPRINT)
		return false;
	connection = bpf_map_lookup_elem(&connections, &key);
	return connection && connection->id == session->connection;
}

/*
 * The session is carried by this socket. A program that uses its TLS object again for another
 * connection gets a new session, whose byte positions begin at 0.
 */
static __always_inline void bind_session(struct session *session, struct sock *sk, __u8 evidence,
					 __u32 tgid)
{
	struct connection *connection = get_connection(sk);

	if (!connection)
		return;
	/* Programs write to other sockets inside a TLS call, from its callbacks. */
	if (evidence == EVIDENCE_NESTED && connection->session &&
	    connection->session != session->id)
		return;
	if (session->connection != connection->id) {
		if (evidence == EVIDENCE_NESTED && is_proven(session))
			return;
		if (session->position[DIRECTION_READ] || session->position[DIRECTION_WRITE]) {
			announce_session_end(session, tgid);
			session->id = __sync_fetch_and_add(&last_session, 1) + 1;
			session->position[DIRECTION_READ] = 0;
			session->position[DIRECTION_WRITE] = 0;
		}
		session->connection = connection->id;
		session->sock = (__u64)sk;
		session->evidence = evidence;
		session->announced = 0;
	} else if (session->evidence < evidence) {
		session->evidence = evidence;
		session->announced = 0;
	}
	connection->session = session->id;
	if (connection->announced && session->announced)
		return;
	announce_connection(sk, connection, tgid);
	announce_session(session, tgid, bpf_ktime_get_boot_ns());
}

#endif
