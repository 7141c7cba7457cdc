/* SPDX-License-Identifier: GPL-2.0-only */
/* All state of the kernel side. The definitions are in maps.bpf.c. */
#ifndef PLAINCAP_MAPS_H
#define PLAINCAP_MAPS_H

#include "kernel-types.h"

#include <bpf/bpf_helpers.h>

#include "events.h"
#include "filters.h"
#include "probed-functions.h"
#include "session-state.h"

/* Calls of one thread that can be open at once, each inside the one before. */
#define CALLS_MAX 8

/* A buffer of a program: struct iovec of include/uapi/linux/uio.h, or NSPR's PRIOVec. */
struct piece {
	__u64 address;
	__u64 left;
};

/* A probed call between its entry and its return. */
struct call {
	__u64 sp; /* at entry: what identifies the call at its return */
	__u64 ktime;
	__u64 object;	  /* address of the TLS object */
	__u64 buffer;	  /* user address, of bytes or of an array of buffers */
	__u64 length;	  /* that the program gave, in bytes or buffers */
	__u64 written;	  /* SHAPE_SENDFILE: by the session before the call */
	__u64 bytes_out;  /* user address of the size_t that _ex functions fill */
	__u64 cookie;	  /* probe_cookie() */
	__u64 bio_buffer; /* user address that a BIO_read inside the call fills */
	/* Of a goroutine's call: */
	__u64 stack_high;     /* end of the stack at entry, if the buffer is in it; else 0 */
	__u64 return_address; /* tells the call from others at the same place of the stack */
	__u64 told;	      /* its bytes were, at entry */
	__u64 session;	      /* that counts it as an open read; 0: none */
	/* Bytes of this call; here, since the verifier would follow every value on the stack. */
	__u64 lost_ring_full;
	__u64 lost_unreadable;
	__u64 copied;	/* or lost */
	__u64 told_end; /* offset behind the last one that was told */
	/* The rest of the buffer that is copied now, and where the next one's iovec is. */
	struct piece piece;
	__u64 next_piece;
	/* A receipt inside the call that may be of a hello: its socket (0: none), the next byte of
	 * it in the socket's stream, and the user address that it goes to. */
	__u64 hello_sock;
	__u64 hello_buffer;
	__u32 hello_seq;
	__u32 reserved;
};

struct thread {
	__u32 depth;
	__u32 reserved;
	__u64 too_deep; /* stack pointer of the outermost open call that found no place; 0: none */
	struct call calls[CALLS_MAX];
};

/* A socket that carries a session. */
struct connection {
	__u64 id;
	__u64 session; /* the live one that was bound to it first; 0: none */
	__u64 ktime;   /* opened if seen_opening, else first seen */
	__u64 fin_ktime;
	__u8 role; /* enum role */
	__u8 seen_opening;
	__u8 announced;
	__u8 fin_seen;	    /* 0, or 1 + enum side of the first FIN */
	__u32 session_tgid; /* whose the session is */
	__u8 read_inside;   /* by TLS calls: no ciphertext of it is kept elsewhere */
	__u8 carries_tls;   /* a session was bound to it, by whatever evidence */
	__u8 content;	    /* enum content */
	__u8 excluded;	    /* it is not asked for */
	__u8 reserved[4];
	struct loss_count hidden; /* what was counted as lost of it, as nobody sees into it */
};

/* What goes through a socket, as far as plain capture knows. */
enum content {
	CONTENT_UNKNOWN,
	CONTENT_PLAIN,
	CONTENT_ENCRYPTED,
	CONTENT_OWN_OUTPUT, /* a pcapng file */
};

/* A socket whose opening was seen and that carries no session yet. */
struct opening {
	__u64 ktime;
	__u32 role;
	__u32 tgid; /* of a client whose plain data is captured; else 0 */
};

/*
 * What tells one TLS record from all others: 16 bytes of its ciphertext, after the record header
 * of 5 bytes (RFC 8446, 5.1). With its authentication tag, any record has as many.
 */
#define FINGERPRINT_OFFSET 5
#define FINGERPRINT_BYTES 16
/* Ciphertext that was not sent for so long will not be. */
#define FINGERPRINT_LIFETIME_NS 30000000000ULL

struct fingerprint {
	__u8 bytes[FINGERPRINT_BYTES];
	__u32 tgid;
	__u32 reserved;
};

struct ring_map {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
};

/* tgid -> enum watch */
struct watched_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u8);
};

/* tgid -> the addon was told of the process */
struct processes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u8);
};

/* tgid << 32 | tid -> the socket that a call of the thread receives from, and its buffer */
struct receiving {
	__u64 sock;
	__u64 buffer;
};

struct receiving_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct receiving);
};

/* tgid << 32 | tid -> open calls; an entry lives as long as its thread */
struct threads_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct thread);
};

/* A goroutine: a runtime.g of a Go program. */
struct goroutine_key {
	__u64 g; /* user address */
	__u32 tgid;
	__u32 reserved;
};

/* goroutine -> its open calls; an entry lives while there are any */
struct goroutines_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct goroutine_key);
	__type(value, struct thread);
};

/* tgid -> goroutines of it have called */
struct go_processes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u8);
};

/* A system call on a socket between its entry and its return. */
struct socket_call {
	__u64 sock;	  /* 0: it is no TCP socket */
	__u64 ktime;	  /* of the entry */
	__u64 messages;	  /* user address of an array of struct mmsghdr */
	struct call call; /* what payload.h needs of it */
};

/* tgid << 32 | tid -> its last call; an entry lives as long as its thread */
struct socket_calls_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct socket_call);
};

struct sessions_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct session_key);
	__type(value, struct session);
};

/* struct sock * -> connection */
struct connections_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 262144);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct connection);
};

/* struct sock * -> opening; the oldest are forgotten, their role is then unknown */
struct openings_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64);
	__type(value, struct opening);
};

/* struct sock * -> a TLS call sent something else than TLS through it, as callbacks do */
struct foreign_sockets_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
};

/* ciphertext that a TLS object wrote and no socket sent yet -> the object */
struct fingerprints_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct fingerprint);
	__type(value, struct session_key);
};

/* tgid -> when its last fingerprint was kept */
struct waiting_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
};

/* Where ciphertext came from: a socket, or for TLS inside TLS what another TLS object read. */
struct receipt {
	__u64 sock;    /* 0: see carrier */
	__u64 carrier; /* address of the TLS object */
};

/* ciphertext that was received -> where it came from */
struct receipts_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct fingerprint);
	__type(value, struct receipt);
};

/* tgid -> when one of its sessions last read without that its socket was known */
struct seeking_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
};

/* A BIO of a program. */
struct bio_key {
	__u64 bio; /* user address */
	__u32 tgid;
	__u32 reserved;
};

/* socket BIO -> its file descriptor */
struct socket_bios_map {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct bio_key);
	__type(value, __u32);
};

/* tgid -> address of the methods of TLS descriptors, from one that SSL_ImportFD made */
struct tls_methods_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
};

/* Those that processes are asked for by. */
struct cgroups_map {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, FILTER_VALUES_MAX);
	__type(key, __u32);
	__type(value, __u32);
};

/* executable -> processes that run it are asked for */
struct executables_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, EXECUTABLES_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct file_identity);
	__type(value, __u8);
};

/* network -> whether connections that have an end in it are asked for */
struct hosts_map {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, HOSTS_MAX);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct host_prefix);
	__type(value, __u8);
};

struct counters_map {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counters);
};

extern struct ring_map ring SEC(".maps");
extern struct watched_map watched SEC(".maps");
extern struct processes_map processes SEC(".maps");
extern struct threads_map threads SEC(".maps");
extern struct goroutines_map goroutines SEC(".maps");
extern struct go_processes_map go_processes SEC(".maps");
extern struct socket_calls_map socket_calls SEC(".maps");
extern struct sessions_map sessions SEC(".maps");
extern struct connections_map connections SEC(".maps");
extern struct openings_map openings SEC(".maps");
extern struct foreign_sockets_map foreign_sockets SEC(".maps");
extern struct fingerprints_map fingerprints SEC(".maps");
extern struct waiting_map waiting SEC(".maps");
extern struct receiving_map receiving SEC(".maps");
extern struct receipts_map receipts SEC(".maps");
extern struct seeking_map seeking SEC(".maps");
extern struct socket_bios_map socket_bios SEC(".maps");
extern struct cgroups_map cgroups SEC(".maps");
extern struct executables_map executables SEC(".maps");
extern struct hosts_map hosts SEC(".maps");
extern struct tls_methods_map tls_methods SEC(".maps");
extern struct counters_map counters SEC(".maps");

/* Holds none: see task-stack.h */
struct no_programs_map {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
};

extern struct no_programs_map no_programs SEC(".maps");

extern const volatile struct config config;
extern const volatile struct process_filter process_filter;
extern const volatile struct connection_filter connection_filter;
/* Set by the addon while it drains on its own: no wake-ups but by amount. */
extern volatile __u32 reader_awake;
/* Set by the addon at the end: no record of a call after it, so the ring can be read empty. */
extern volatile __u32 stopped;
/* Set by the addon with the first probe of a Go program: else goroutines need not be sought. */
extern volatile __u32 has_go_programs;
extern __u64 last_session;
extern __u64 last_connection;

#endif
