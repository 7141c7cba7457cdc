/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What the BPF programs tell the addon: the only place where these layouts and limits stand.
 *
 * Included by bpf/ (C, clang -target bpf) and native/ (C++). Fixed-width types, no pointers, no
 * implicit padding; payload bytes are last. All integers are in host byte order unless said.
 */
#ifndef PLAINCAP_EVENTS_H
#define PLAINCAP_EVENTS_H

#include <linux/types.h>

/* A call's payload arrives in records of at most this many bytes. */
#define CHUNK_MAX_BYTES 65536
/* Of a call that moved more, the rest is counted as lost (LOSS_CALL_TOO_LONG). */
#define CALL_MAX_BYTES (64 * 1024 * 1024)

/*
 * Of a ClientHello or ServerHello no more is told: those with keys that withstand quantum computers
 * have about 1.8 KiB.
 */
#define HELLO_MAX_BYTES 4096
/* ProtocolName (RFC 7301, 3.1) */
#define ALPN_MAX_BYTES 255

/* TASK_COMM_LEN of the kernel. */
#define COMM_BYTES 16

enum record_kind {
	RECORD_DATA = 1,
	RECORD_PROCESS,
	RECORD_CONNECTION,
	RECORD_SESSION,
	RECORD_SESSION_END,
	RECORD_CLOSE,
	RECORD_EXIT,
	RECORD_HELLO,
	RECORD_HANDSHAKE,
	RECORD_ALPN,
};

enum direction {
	DIRECTION_READ = 0,
	DIRECTION_WRITE = 1,
	DIRECTIONS = 2,
};

enum role {
	ROLE_UNKNOWN = 0,
	ROLE_CLIENT = 1,
	ROLE_SERVER = 2,
};

/* How a session's connection was told, weakest first. */
enum evidence {
	EVIDENCE_NONE = 0,
	EVIDENCE_NESTED = 1,	  /* a socket call inside the TLS call */
	EVIDENCE_SET_FD = 2,	  /* SSL_set_fd and its kin */
	EVIDENCE_FINGERPRINT = 3, /* the ciphertext of the session left through the socket */
	EVIDENCE_SOCKET = 4,	  /* the session is the socket */
};

enum close_cause {
	CLOSE_FIN = 0,
	CLOSE_RST = 1,
};

enum side {
	SIDE_LOCAL = 0,
	SIDE_REMOTE = 1,
};

/* Why bytes that a program moved are not in the ring buffer. */
#define LOSS_REASONS(X)                                                                           \
	X(LOSS_RING_FULL, "ring-full")                                                            \
	X(LOSS_UNREADABLE, "unreadable-memory")                                                   \
	X(LOSS_CALL_TOO_LONG, "call-too-long")                                                    \
	X(LOSS_TABLE_FULL, "session-table-full")                                                  \
	X(LOSS_SENDFILE, "sendfile")                                                              \
	X(LOSS_PACKET, "gnutls-packet")                                                           \
	X(LOSS_SPLICE, "splice")                                                                  \
	X(LOSS_DISCARDED, "discarded")	 /* by the program: MSG_TRUNC, tcp(7) */                  \
	X(LOSS_ENCRYPTED, "encrypted")	 /* of a plain socket that no probed library writes to */ \
	X(LOSS_OWN_OUTPUT, "own-output") /* a pcapng file, which would be captured for ever */    \
	X(LOSS_SNAPLEN, "snaplen")	 /* on purpose: more of the call was not asked for */

enum loss_reason {
#define X(name, text) name,
	LOSS_REASONS(X)
#undef X
		LOSS_REASON_COUNT
};

/* Value of a process in the map `watched`. */
enum watch {
	WATCH_NEVER = 0,   /* it reads what plaincap writes; nor are its children captured */
	WATCHED = 1,	   /* it may be captured, and its children as well, with the same value */
	WATCHED_OURS = 2,  /* the same; it descends from the command that plaincap started */
	WATCHED_ALONE = 3, /* its children are not */
};

struct record_header {
	__u64 ktime; /* CLOCK_BOOTTIME, ns */
	__u32 kind;  /* enum record_kind */
	__u32 tgid;
};

struct data_record {
	struct record_header header;
	__u64 duration; /* ns from the call's entry to its return; 0: told before it returned */
	__u64 session;
	__u64 position;	       /* of the first payload byte in the session's direction */
	__u64 call_offset;     /* of the first payload byte in the call */
	__u64 original_length; /* bytes that the whole call moved */
	__u32 captured_length; /* bytes of payload that follow */
	__u32 tid;
	__u8 direction; /* enum direction */
	__u8 function;	/* enum probed_function or socket_call_name */
	__u8 reserved[6];
	__u8 payload[];
};

struct process_record {
	struct record_header header;
	__u32 uid;
	__u32 reserved;
	char comm[COMM_BYTES];
};

struct connection_record {
	struct record_header header; /* time: when opened if seen_opening, else when first seen */
	__u64 connection;
	__u32 netns; /* inode number */
	__u16 local_port;
	__u16 remote_port;
	__u8 local_address[16]; /* network order; IPv4 in the first four bytes */
	__u8 remote_address[16];
	__u8 address_length; /* 4 or 16 */
	__u8 role;	     /* enum role */
	__u8 seen_opening;
	__u8 excluded; /* it is not asked for: no data of it follows */
	__u8 reserved[4];
};

/* The session is a plain socket. */
#define NO_LIBRARY 0xffff

struct session_record {
	struct record_header header;
	__u64 session;
	__u64 object; /* of the key in the sessions map; its tgid is the header's, or 0 if plain */
	__u64 connection; /* 0: unknown */
	__u16 library;	  /* index that the addon gave in the cookie, or NO_LIBRARY */
	__u8 evidence;	  /* enum evidence */
	__u8 reserved[5];
};

/* A handshake as far as it came. */
struct attempt {
	__u64 ktime;	/* the last of its calls returned; 0: none did */
	__u64 duration; /* until then, ns from the entry of its first call */
	__u32 tid;
	__u8 function; /* enum probed_function */
	__u8 reserved[3];
};

struct session_end_record {
	struct record_header header;
	__u64 session;
	__u64 position[DIRECTIONS];
	struct attempt failed; /* the session's handshake; its ktime is 0 if that did not fail */
};

struct close_record {
	struct record_header header;
	__u64 connection;
	__u64 fin_ktime; /* of the first FIN */
	__u8 cause;	 /* enum close_cause */
	__u8 by;	 /* enum side: who sent the RST, or the first FIN */
	__u8 readable;
	__u8 fin_seen; /* 0, or 1 + enum side of the first FIN */
	__u8 reserved[4];
};

/* The last thread of a process ended, or the process became another program (exec). */
struct exit_record {
	struct record_header header;
};

/*
 * The first ClientHello or ServerHello that a session wrote or read, in one record or in more:
 * either the handshake message (RFC 8446, 4), or the TLS record that holds it.
 */
struct hello_record {
	struct record_header header;
	__u64 session;
	__u16 offset; /* of the first byte in the message or record */
	__u16 length; /* bytes that follow */
	__u8 direction;
	__u8 reserved[3];
	__u8 bytes[];
};

/* The session completed its handshake; of its hellos were told before what was seen. */
struct handshake_record {
	struct record_header header;
	__u64 duration; /* ns from the entry of its first call */
	__u64 session;
	__u32 tid;
	__u8 function; /* enum probed_function */
	__u8 reserved[3];
};

/* The program asked for the application protocol. */
struct alpn_record {
	struct record_header header;
	__u64 session;
	__u8 length;
	__u8 bytes[ALPN_MAX_BYTES];
};

struct loss_count {
	__u64 calls;
	__u64 bytes;
};

/* One a CPU. */
struct counters {
	__u64 calls; /* that moved at least one byte */
	__u64 bytes;
	struct loss_count lost[LOSS_REASON_COUNT];
	__u64 contradictions; /* evidence for a session's socket that stronger evidence outweighs */
};

/* Set by the addon before the programs load. */
struct config {
	__u64 ring_wakeup_bytes; /* wake an awake reader when so much waits */
	__u32 snaplen;		 /* bytes that are captured of a call, at most CALL_MAX_BYTES */
	__u32 own_tgid;		 /* never captured: plaincap itself */
	__u8 watch_all;		 /* else only tgids in `watched` */
	__u8 has_kprobes;	 /* openings come from kprobes, not from socket states */
	__u8 plain;		 /* plain sockets are captured */
	__u8 reserved[5];
};

#define ASSERT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " changed its size")

#ifdef __cplusplus
#undef ASSERT_SIZE
#define ASSERT_SIZE(type, size) static_assert(sizeof(type) == (size), #type " changed its size")
#endif

ASSERT_SIZE(struct record_header, 16);
ASSERT_SIZE(struct data_record, 72); /* payload begins here */
ASSERT_SIZE(struct process_record, 40);
ASSERT_SIZE(struct connection_record, 72);
ASSERT_SIZE(struct session_record, 48);
ASSERT_SIZE(struct session_end_record, 64);
ASSERT_SIZE(struct close_record, 40);
ASSERT_SIZE(struct exit_record, 16);
ASSERT_SIZE(struct hello_record, 32); /* bytes begin here */
ASSERT_SIZE(struct handshake_record, 40);
ASSERT_SIZE(struct alpn_record, 280);
ASSERT_SIZE(struct config, 24);

#endif
