/* SPDX-License-Identifier: GPL-2.0-only */
/* From struct sock to a connection with an id, a role and a 4-tuple. */
#ifndef PLAINCAP_CONNECTIONS_H
#define PLAINCAP_CONNECTIONS_H

#include "maps.h"
#include "ring.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>

static __always_inline bool is_tcp(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) &&
	       BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline void remember_opening(struct sock *sk, enum role role, __u32 tgid)
{
	struct opening opening = {.ktime = bpf_ktime_get_boot_ns(), .role = role, .tgid = tgid};
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&openings, &key, &opening, BPF_ANY);
}

static __always_inline bool is_wanted_port(__u16 port)
{
	return connection_filter.ports[port / 8] & 1 << port % 8;
}

static __always_inline bool is_wanted_host(const struct host_prefix *address)
{
	__u8 *wanted = bpf_map_lookup_elem(&hosts, address);

	return wanted && *wanted;
}

/* What --port and --host ask for, of either end. */
static __always_inline bool is_wanted(struct sock *sk)
{
	struct sock_common *common = &sk->__sk_common;
	struct host_prefix local = {.bits = 128};
	struct host_prefix remote = {.bits = 128};
	__be32 *local_words = (__be32 *)local.address;
	__be32 *remote_words = (__be32 *)remote.address;

	if (connection_filter.by_port && !is_wanted_port(BPF_CORE_READ(common, skc_num)) &&
	    !is_wanted_port(bpf_ntohs(BPF_CORE_READ(common, skc_dport))))
		return false;
	if (!connection_filter.by_host)
		return true;
	if (BPF_CORE_READ(common, skc_family) == AF_INET6) {
		BPF_CORE_READ_INTO(&remote.address, common, skc_v6_daddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&local.address, common, skc_v6_rcv_saddr.in6_u.u6_addr8);
	} else {
		remote_words[2] = bpf_htonl(0xffff);
		remote_words[3] = BPF_CORE_READ(common, skc_daddr);
		local_words[2] = bpf_htonl(0xffff);
		local_words[3] = BPF_CORE_READ(common, skc_rcv_saddr);
	}
	return is_wanted_host(&remote) || is_wanted_host(&local);
}

/* A function of its own for its stack: 512 bytes are all that a chain of calls has. */
static __noinline struct connection *make_connection(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct connection fresh = {};
	struct opening *opening;
	__u8 state;

	state = BPF_CORE_READ(sk, __sk_common.skc_state);
	if (!is_tcp(sk) || state == TCP_CLOSE || state == TCP_LISTEN)
		return NULL;
	fresh.id = __sync_fetch_and_add(&last_connection, 1) + 1;
	opening = bpf_map_lookup_elem(&openings, &key);
	if (opening) {
		fresh.ktime = opening->ktime;
		fresh.role = opening->role;
		fresh.seen_opening = 1;
		bpf_map_delete_elem(&openings, &key);
	} else {
		fresh.ktime = bpf_ktime_get_boot_ns();
	}
	fresh.excluded = !is_wanted(sk);
	bpf_map_update_elem(&connections, &key, &fresh, BPF_NOEXIST);
	return bpf_map_lookup_elem(&connections, &key);
}

/* The connection of a live TCP socket, made when it is not known; NULL for others. */
static __always_inline struct connection *get_connection(struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct connection *known = bpf_map_lookup_elem(&connections, &key);

	return known ? known : make_connection(sk);
}

static __always_inline bool is_mapped_ipv4(const __u8 address[16])
{
	const __u32 *words = (const __u32 *)address;

	return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

/* IPv6 sockets hold IPv4 peers as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2): told as IPv4. */
static __always_inline void read_addresses(struct sock *sk, struct connection_record *record)
{
	struct sock_common *common = &sk->__sk_common;

	record->local_port = BPF_CORE_READ(common, skc_num);
	record->remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	record->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	record->address_length = 4;
	if (BPF_CORE_READ(common, skc_family) == AF_INET6) {
		BPF_CORE_READ_INTO(&record->remote_address, common, skc_v6_daddr.in6_u.u6_addr8);
		BPF_CORE_READ_INTO(&record->local_address, common, skc_v6_rcv_saddr.in6_u.u6_addr8);
		if (!is_mapped_ipv4(record->remote_address)) {
			record->address_length = 16;
			return;
		}
		__builtin_memcpy(record->remote_address, record->remote_address + 12, 4);
		__builtin_memcpy(record->local_address, record->local_address + 12, 4);
		return;
	}
	*(__be32 *)record->remote_address = BPF_CORE_READ(common, skc_daddr);
	*(__be32 *)record->local_address = BPF_CORE_READ(common, skc_rcv_saddr);
}

/* False if the ring is full. */
static __always_inline bool announce_connection(struct sock *sk, struct connection *connection,
						__u32 tgid)
{
	struct connection_record *record;

	if (connection->announced)
		return true;
	record = reserve_record(RECORD_CONNECTION, sizeof(*record), tgid, connection->ktime);
	if (!record)
		return false;
	record->connection = connection->id;
	record->role = connection->role;
	record->seen_opening = connection->seen_opening;
	record->excluded = connection->excluded;
	read_addresses(sk, record);
	bpf_ringbuf_submit(record, wakeup_flags());
	connection->announced = 1;
	return true;
}

#endif
