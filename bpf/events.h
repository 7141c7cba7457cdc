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
#define LOSS_REASONS(X)                         \
	X(LOSS_RING_FULL, "ring-full")          \
	X(LOSS_UNREADABLE, "unreadable-memory") \
	X(LOSS_CALL_TOO_LONG, "call-too-long")  \
	X(LOSS_TABLE_FULL, "session-table-full")

enum loss_reason {
#define X(name, text) name,
	LOSS_REASONS(X)
#undef X
		LOSS_REASON_COUNT
};

/*
 * The probed functions: identifier, symbol, shape of the call. An attach cookie carries the
 * identifier (see probe_cookie).
 */
#define PROBED_FUNCTIONS(X)                                               \
	X(FUNCTION_SSL_READ, "SSL_read", SHAPE_READ)                      \
	X(FUNCTION_SSL_WRITE, "SSL_write", SHAPE_WRITE)                   \
	X(FUNCTION_SSL_READ_EX, "SSL_read_ex", SHAPE_READ_EX)             \
	X(FUNCTION_SSL_WRITE_EX, "SSL_write_ex", SHAPE_WRITE_EX)          \
	X(FUNCTION_SSL_DO_HANDSHAKE, "SSL_do_handshake", SHAPE_HANDSHAKE) \
	X(FUNCTION_SSL_FREE, "SSL_free", SHAPE_FREE)                      \
	X(FUNCTION_SSL_SET_FD, "SSL_set_fd", SHAPE_SET_FD)                \
	X(FUNCTION_SSL_SET_RFD, "SSL_set_rfd", SHAPE_SET_FD)              \
	X(FUNCTION_SSL_SET_WFD, "SSL_set_wfd", SHAPE_SET_FD)              \
	X(FUNCTION_SSL_SET_BIO, "SSL_set_bio", SHAPE_SET_BIO)             \
	X(FUNCTION_BIO_NEW_SOCKET, "BIO_new_socket", SHAPE_NEW_SOCKET)    \
	X(FUNCTION_BIO_WRITE, "BIO_write", SHAPE_BIO_WRITE)               \
	X(FUNCTION_BIO_READ, "BIO_read", SHAPE_BIO_READ)

enum probed_function {
#define X(name, symbol, shape) name,
	PROBED_FUNCTIONS(X)
#undef X
		PROBED_FUNCTION_COUNT
};

/* Where a call's buffer and byte count stand. */
enum call_shape {
	SHAPE_READ,	  /* (ssl, buf, n) -> bytes read */
	SHAPE_WRITE,	  /* (ssl, buf, n) -> bytes written */
	SHAPE_READ_EX,	  /* (ssl, buf, n, size_t *bytes) -> 1 */
	SHAPE_WRITE_EX,	  /* the same */
	SHAPE_HANDSHAKE,  /* (ssl) -> 1 */
	SHAPE_FREE,	  /* (ssl), entry only */
	SHAPE_SET_FD,	  /* (ssl, fd), entry only */
	SHAPE_SET_BIO,	  /* (ssl, rbio, wbio), entry only */
	SHAPE_NEW_SOCKET, /* (fd) -> bio */
	SHAPE_BIO_WRITE,  /* (bio, buf, n), entry only */
	SHAPE_BIO_READ,	  /* (bio, buf, n) -> bytes read */
};

/* Cookie of a uprobe: library in bits 16 to 31, shape in 8 to 15, function in 0 to 7. */
#define probe_cookie(library, shape, function) \
	(((__u64)(library) << 16) | ((__u64)(shape) << 8) | (__u64)(function))
#define cookie_library(cookie) ((__u16)((cookie) >> 16))
#define cookie_shape(cookie) ((__u8)((cookie) >> 8))
#define cookie_function(cookie) ((__u8)(cookie))

struct record_header {
	__u64 ktime; /* CLOCK_BOOTTIME, ns */
	__u32 kind;  /* enum record_kind */
	__u32 tgid;
};

struct data_record {
	struct record_header header;
	__u64 duration; /* ns from the call's entry to its return */
	__u64 session;
	__u64 position;	       /* of the first payload byte in the session's direction */
	__u64 call_offset;     /* of the first payload byte in the call */
	__u64 original_length; /* bytes that the whole call moved */
	__u32 captured_length; /* bytes of payload that follow */
	__u32 tid;
	__u8 direction; /* enum direction */
	__u8 function;	/* enum probed_function */
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
	__u8 reserved[5];
};

struct session_record {
	struct record_header header;
	__u64 session;
	__u64 object;	  /* key of the sessions map, with the header's tgid */
	__u64 connection; /* 0: unknown */
	__u16 library;	  /* index that the addon gave in the cookie */
	__u8 evidence;	  /* enum evidence */
	__u8 reserved[5];
};

struct session_end_record {
	struct record_header header;
	__u64 session;
	__u64 position[DIRECTIONS];
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

/* A TLS object of a program: the key of the sessions map. */
struct session_key {
	__u64 object; /* address of the SSL */
	__u32 tgid;
	__u32 reserved;
};

struct session {
	__u64 id;
	__u64 connection; /* 0: unknown */
	__u64 sock;	  /* of the connection: key of the connections map */
	__u64 carrier;	  /* address of the TLS object that carries this one; 0: none known */
	__u64 position[DIRECTIONS]; /* bytes that the program moved, lost ones included */
	__u16 library;
	__u8 evidence;
	__u8 announced; /* the addon was told of the state above */
	__u8 ended;	/* the TLS object is gone, and the addon was not told yet */
	__u8 reserved[3];
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
	__u32 own_tgid;		 /* never captured: plaincap itself */
	__u8 watch_all;		 /* else only tgids in `watched` */
	__u8 has_kprobes;	 /* openings come from kprobes, not from socket states */
	__u8 reserved[2];
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
ASSERT_SIZE(struct session_end_record, 40);
ASSERT_SIZE(struct close_record, 40);
ASSERT_SIZE(struct exit_record, 16);
ASSERT_SIZE(struct session_key, 16);
ASSERT_SIZE(struct session, 56);
ASSERT_SIZE(struct config, 16);

#undef ASSERT_SIZE

#endif
