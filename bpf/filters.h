/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What a capture is restricted to, as the addon tells the BPF programs before they load.
 *
 * Values of one kind are alternatives; kinds that have none restrict nothing; all others must hold.
 */
#ifndef PLAINCAP_FILTERS_H
#define PLAINCAP_FILTERS_H

#include <linux/types.h>

/* Of names, of users and of cgroups, each. */
#define FILTER_VALUES_MAX 16
#define EXECUTABLES_MAX 65536
#define HOSTS_MAX 4096
#define PORTS 65536

/*
 * A pattern over a process's comm. Of its characters at most 16 consume a byte; in state i, the
 * first i of them have. A set of states is a word, so all ways to match go on at once.
 */
struct comm_pattern {
	__u32 accepts[256]; /* byte -> bit i: leads from state i to the next */
	__u32 repeats;	    /* bit i: in state i, any byte leads to it again */
	__u32 end;	    /* bit of the state where the comm must end */
};

/* Looked at when a program calls: uid, comm and cgroup of a process change. */
struct process_filter {
	__u32 active;
	__u32 uid_count;
	__u32 comm_count;
	__u32 cgroup_count;  /* of the map `cgroups` */
	__u32 by_executable; /* in the map `executables` */
	__u32 uids[FILTER_VALUES_MAX];
	struct comm_pattern comms[FILTER_VALUES_MAX];
};

/* Of either end of a connection. */
struct connection_filter {
	__u8 by_port;
	__u8 by_host; /* in the map `hosts` */
	__u8 ports[PORTS / 8];
};

/* Key of the map `hosts`: IPv4 as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2), in network order. */
struct host_prefix {
	__u32 bits;
	__u8 address[16];
};

/* A file as the kernel knows it: what stat() tells is something else on some file systems. */
struct file_identity {
	__u64 inode;
	__u64 device;
};

#endif
