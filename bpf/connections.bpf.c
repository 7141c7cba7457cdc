// SPDX-License-Identifier: GPL-2.0-only
/*
 * Openings and ends of TCP connections.
 *
 * Openings come from connect and accept by kprobe, or from socket states where a kernel has no
 * kprobes; also of processes that a filter may let through only later. Ends always come from socket
 * states: they alone tell FIN from RST, and who was first.
 */
#include "connections.h"
#include "sessions.h"
#include "watch.h"

#include <bpf/bpf_tracing.h>

static __always_inline void remember_client(struct sock *sk)
{
	__u32 tgid = current_tgid();

	if (is_in_scope(tgid))
		remember_opening(sk, ROLE_CLIENT, config.plain && is_watched(tgid) ? tgid : 0);
}

/* Called by connect() when addresses and ports are chosen, before the SYN is sent. */
SEC("kprobe/tcp_connect")
int BPF_KPROBE(connect_entry, struct sock *sk)
{
	remember_client(sk);
	return 0;
}

SEC("kretprobe/inet_csk_accept")
int BPF_KRETPROBE(accept_return, struct sock *sk)
{
	if (sk && is_in_scope(current_tgid()))
		remember_opening(sk, ROLE_SERVER, 0);
	return 0;
}

/* SYN_SENT is set by the process that connects; a passive opening ends in softirq, for any. */
static __always_inline void opening_by_state(struct sock *sk, int oldstate, int newstate)
{
	if (newstate == TCP_SYN_SENT)
		remember_client(sk);
	else if (oldstate == TCP_SYN_RECV && newstate == TCP_ESTABLISHED)
		remember_opening(sk, ROLE_SERVER, 0);
}

/*
 * A plain client's connection is told before a server on this machine can read from it: the call
 * that sends the first bytes may return after they were read. TLS is told during its handshake.
 */
static __always_inline void tell_client(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct opening *opening = bpf_map_lookup_elem(&openings, &key);
	struct connection *connection;
	__u32 tgid;

	if (!opening || !opening->tgid)
		return;
	tgid = opening->tgid;
	connection = get_connection(sk);
	if (connection && !connection->excluded)
		announce_connection(sk, connection, tgid);
}

static __always_inline void see_fin(struct connection *connection, enum side side)
{
	if (connection->fin_seen)
		return;
	connection->fin_seen = 1 + side;
	connection->fin_ktime = bpf_ktime_get_boot_ns();
}

static __always_inline void announce_close(struct connection *connection, __u8 cause, __u8 by,
					   __u8 readable)
{
	struct close_record *record;

	if (!connection->announced)
		return;
	record = reserve_record(RECORD_CLOSE, sizeof(*record), current_tgid(),
				bpf_ktime_get_boot_ns());
	if (!record)
		return;
	record->connection = connection->id;
	record->cause = cause;
	record->by = by;
	record->fin_seen = connection->fin_seen;
	record->fin_ktime = connection->fin_ktime;
	/* A program with memory BIOs may read on, of the ciphertext that it received before. */
	record->readable = readable || !connection->read_inside;
	bpf_ringbuf_submit(record, wakeup_flags());
}

static __always_inline void forget_socket(__u64 sk)
{
	bpf_map_delete_elem(&openings, &sk);
	bpf_map_delete_elem(&foreign_sockets, &sk);
}

/*
 * Our own RST: close() with unread bytes, or with SO_LINGER and no time. Both come before close()
 * takes the socket from the sock, and without a FIN of the peer.
 */
static __always_inline bool is_abort(struct sock *sk, int oldstate)
{
	return oldstate == TCP_ESTABLISHED || oldstate == TCP_CLOSE_WAIT ||
	       (sk->sk_socket && !(sk->__sk_common.skc_flags & (1UL << SOCK_DONE)));
}

/* The socket's last file descriptor is gone, where shutdown() lets the program read on. */
static __always_inline bool is_closed(struct sock *sk)
{
	struct file *file = BPF_CORE_READ(sk, sk_socket, file);

	if (!file)
		return true;
	if (bpf_core_field_exists(file->f_count))
		return BPF_CORE_READ(file, f_count.counter) <= 0;
	return BPF_CORE_READ(file, f_ref.refcnt.counter) < 0;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(socket_state, struct sock *sk, int oldstate, int newstate)
{
	__u64 key = (__u64)sk;
	struct connection *connection;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	if (!config.has_kprobes)
		opening_by_state(sk, oldstate, newstate);
	if (oldstate == TCP_SYN_SENT && newstate == TCP_ESTABLISHED)
		tell_client(sk);
	connection = bpf_map_lookup_elem(&connections, &key);
	if (!connection) {
		if (newstate == TCP_CLOSE)
			forget_socket(key);
		return 0;
	}

	switch (newstate) {
	case TCP_CLOSE_WAIT:
		see_fin(connection, SIDE_REMOTE);
		return 0;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK:
		see_fin(connection, SIDE_LOCAL);
		if (!is_closed(sk))
			return 0;
		announce_close(connection, CLOSE_FIN, connection->fin_seen - 1, 0);
		if (config.plain)
			end_session(&(struct session_key){.object = key});
		break;
	case TCP_CLOSE:
		/* tcp_reset() and tcp_write_err() set sk_err first; an abort of our own does not.
		 */
		if (sk->sk_err)
			announce_close(connection, CLOSE_RST, SIDE_REMOTE, 1);
		else if (is_abort(sk, oldstate))
			announce_close(connection, CLOSE_RST, SIDE_LOCAL, 0);
		else {
			see_fin(connection, SIDE_LOCAL);
			announce_close(connection, CLOSE_FIN, connection->fin_seen - 1, 1);
		}
		break;
	default:
		return 0;
	}
	bpf_map_delete_elem(&connections, &key);
	forget_socket(key);
	return 0;
}
