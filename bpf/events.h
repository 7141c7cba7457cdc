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

/*
 * The probed functions: identifier, symbol, shape of the call. An attach cookie carries the
 * identifier (see probe_cookie).
 */
#define PROBED_FUNCTIONS(X)                                                                       \
	X(FUNCTION_SSL_READ, "SSL_read", SHAPE_READ)                                              \
	X(FUNCTION_SSL_WRITE, "SSL_write", SHAPE_WRITE)                                           \
	X(FUNCTION_SSL_READ_EX, "SSL_read_ex", SHAPE_READ_EX)                                     \
	X(FUNCTION_SSL_WRITE_EX, "SSL_write_ex", SHAPE_WRITE_EX)                                  \
	X(FUNCTION_SSL_DO_HANDSHAKE, "SSL_do_handshake", SHAPE_HANDSHAKE)                         \
	X(FUNCTION_SSL_CONNECT, "SSL_connect", SHAPE_HANDSHAKE)                                   \
	X(FUNCTION_SSL_ACCEPT, "SSL_accept", SHAPE_HANDSHAKE)                                     \
	X(FUNCTION_SSL_GET0_ALPN_SELECTED, "SSL_get0_alpn_selected", SHAPE_ALPN)                  \
	X(FUNCTION_SSL_SELECT_NEXT_PROTO, "SSL_select_next_proto", SHAPE_ALPN_SELECT)             \
	X(FUNCTION_BIO_POP, "BIO_pop", SHAPE_BIO_POP)                                             \
	X(FUNCTION_SSL_FREE, "SSL_free", SHAPE_FREE)                                              \
	X(FUNCTION_SSL_SET_FD, "SSL_set_fd", SHAPE_SET_FD)                                        \
	X(FUNCTION_SSL_SET_RFD, "SSL_set_rfd", SHAPE_SET_FD)                                      \
	X(FUNCTION_SSL_SET_WFD, "SSL_set_wfd", SHAPE_SET_FD)                                      \
	X(FUNCTION_SSL_SET_BIO, "SSL_set_bio", SHAPE_SET_BIO)                                     \
	X(FUNCTION_BIO_NEW_SOCKET, "BIO_new_socket", SHAPE_NEW_SOCKET)                            \
	X(FUNCTION_BIO_WRITE, "BIO_write", SHAPE_BIO_WRITE)                                       \
	X(FUNCTION_BIO_READ, "BIO_read", SHAPE_BIO_READ)                                          \
	X(FUNCTION_SSL_READ_EARLY_DATA, "SSL_read_early_data", SHAPE_READ_EX)                     \
	X(FUNCTION_SSL_WRITE_EARLY_DATA, "SSL_write_early_data", SHAPE_WRITE_EX)                  \
	X(FUNCTION_SSL_SENDFILE, "SSL_sendfile", SHAPE_SENDFILE)                                  \
	X(FUNCTION_GNUTLS_SEND, "gnutls_record_send", SHAPE_RESUMABLE_WRITE)                      \
	X(FUNCTION_GNUTLS_SEND2, "gnutls_record_send2", SHAPE_RESUMABLE_WRITE)                    \
	X(FUNCTION_GNUTLS_SEND_RANGE, "gnutls_record_send_range", SHAPE_WRITE)                    \
	X(FUNCTION_GNUTLS_SEND_FILE, "gnutls_record_send_file", SHAPE_SENDFILE)                   \
	X(FUNCTION_GNUTLS_UNCORK, "gnutls_record_uncork", SHAPE_WRITE_TOLD)                       \
	X(FUNCTION_GNUTLS_RECV, "gnutls_record_recv", SHAPE_READ)                                 \
	X(FUNCTION_GNUTLS_RECV_SEQ, "gnutls_record_recv_seq", SHAPE_READ)                         \
	X(FUNCTION_GNUTLS_RECV_PACKET, "gnutls_record_recv_packet", SHAPE_READ_PACKET)            \
	X(FUNCTION_GNUTLS_RECV_EARLY_DATA, "gnutls_record_recv_early_data", SHAPE_READ)           \
	X(FUNCTION_GNUTLS_HANDSHAKE, "gnutls_handshake", SHAPE_HANDSHAKE_ZERO)                    \
	X(FUNCTION_GNUTLS_ALPN, "gnutls_alpn_get_selected_protocol", SHAPE_ALPN_DATUM)            \
	X(FUNCTION_GNUTLS_DEINIT, "gnutls_deinit", SHAPE_FREE)                                    \
	X(FUNCTION_GNUTLS_SET_INT2, "gnutls_transport_set_int2", SHAPE_SET_FD)                    \
	X(FUNCTION_GNUTLS_SET_PTR, "gnutls_transport_set_ptr", SHAPE_SET_POINTER)                 \
	X(FUNCTION_GNUTLS_SET_PTR2, "gnutls_transport_set_ptr2", SHAPE_SET_POINTER)               \
	X(FUNCTION_PR_READ, "PR_Read", SHAPE_LAYER_READ)                                          \
	X(FUNCTION_PR_RECV, "PR_Recv", SHAPE_LAYER_RECV)                                          \
	X(FUNCTION_PR_WRITE, "PR_Write", SHAPE_LAYER_WRITE)                                       \
	X(FUNCTION_PR_SEND, "PR_Send", SHAPE_LAYER_WRITE)                                         \
	X(FUNCTION_PR_WRITEV, "PR_Writev", SHAPE_LAYER_WRITEV)                                    \
	X(FUNCTION_PR_CLOSE, "PR_Close", SHAPE_FREE)                                              \
	X(FUNCTION_SSL_IMPORT_FD, "SSL_ImportFD", SHAPE_NEW_LAYER)                                \
	X(FUNCTION_SSL_FORCE_HANDSHAKE, "SSL_ForceHandshake", SHAPE_HANDSHAKE_ZERO)               \
	X(FUNCTION_SSL_GET_NEXT_PROTO, "SSL_GetNextProto", SHAPE_ALPN_COPY)                       \
	X(FUNCTION_GO_READ, "crypto/tls.(*Conn).Read", SHAPE_GO_READ)                             \
	X(FUNCTION_GO_WRITE_RECORD, "crypto/tls.(*Conn).writeRecordLocked", SHAPE_GO_WRITE)       \
	X(FUNCTION_GO_CLIENT_HANDSHAKE, "crypto/tls.(*Conn).clientHandshake", SHAPE_GO_HANDSHAKE) \
	X(FUNCTION_GO_SERVER_HANDSHAKE, "crypto/tls.(*Conn).serverHandshake", SHAPE_GO_HANDSHAKE) \
	X(FUNCTION_GO_STATE, "crypto/tls.(*Conn).ConnectionState", SHAPE_GO_STATE)                \
	X(FUNCTION_GO_CLOSE, "crypto/tls.(*Conn).Close", SHAPE_GO_CLOSE)

enum probed_function {
#define X(name, symbol, shape) name,
	PROBED_FUNCTIONS(X)
#undef X
		PROBED_FUNCTION_COUNT
};

/* The system calls that are captured of plain sockets: identifier, name. */
#define SOCKET_CALLS(X)              \
	X(CALL_READ, "read")         \
	X(CALL_WRITE, "write")       \
	X(CALL_READV, "readv")       \
	X(CALL_WRITEV, "writev")     \
	X(CALL_PREADV2, "preadv2")   \
	X(CALL_PWRITEV2, "pwritev2") \
	X(CALL_RECVFROM, "recvfrom") \
	X(CALL_SENDTO, "sendto")     \
	X(CALL_RECVMSG, "recvmsg")   \
	X(CALL_SENDMSG, "sendmsg")   \
	X(CALL_RECVMMSG, "recvmmsg") \
	X(CALL_SENDMMSG, "sendmmsg") \
	X(CALL_SENDFILE, "sendfile") \
	X(CALL_SPLICE, "splice")

/* Goes on where probed functions end: a data record has one or the other. */
enum socket_call_name {
	CALL_BEFORE_FIRST = PROBED_FUNCTION_COUNT - 1,
#define X(name, text) name,
	SOCKET_CALLS(X)
#undef X
};

/* Where a call's buffer and byte count stand. */
enum call_shape {
	SHAPE_READ,	       /* (ssl, buf, n) -> bytes read */
	SHAPE_WRITE,	       /* (ssl, buf, n) -> bytes written */
	SHAPE_READ_EX,	       /* (ssl, buf, n, size_t *bytes) -> 1 */
	SHAPE_WRITE_EX,	       /* the same */
	SHAPE_HANDSHAKE,       /* (ssl) -> 1 when it is completed */
	SHAPE_FREE,	       /* (ssl), entry only */
	SHAPE_SET_FD,	       /* (ssl, fd), entry only */
	SHAPE_SET_BIO,	       /* (ssl, rbio, wbio), entry only */
	SHAPE_NEW_SOCKET,      /* (fd) -> bio */
	SHAPE_BIO_WRITE,       /* (bio, buf, n), entry only */
	SHAPE_BIO_READ,	       /* (bio, buf, n) -> bytes read */
	SHAPE_SENDFILE,	       /* (ssl, …) -> bytes of a file, by calls inside or by the kernel */
	SHAPE_READ_PACKET,     /* (session, gnutls_packet_t *) -> bytes read, kept by GnuTLS */
	SHAPE_RESUMABLE_WRITE, /* SHAPE_WRITE, or see resumed-sends.h */
	SHAPE_WRITE_TOLD,      /* (ssl) -> writes bytes that other calls took */
	SHAPE_SET_POINTER,     /* (ssl, fd as a pointer, or a pointer), entry only */
	SHAPE_LAYER_READ,      /* NSPR: (fd, buf, n) -> bytes read; fd may be of anything */
	SHAPE_LAYER_RECV,      /* (fd, buf, n, flags) -> bytes read */
	SHAPE_LAYER_WRITE,     /* (fd, buf, n) -> bytes written */
	SHAPE_LAYER_WRITEV,    /* (fd, PRIOVec *, n) -> bytes written */
	SHAPE_NEW_LAYER,       /* (model, fd) -> fd that is TLS */
	SHAPE_HANDSHAKE_ZERO,  /* (ssl, …) -> 0 when it is completed */
	SHAPE_ALPN,	       /* (ssl, const unsigned char **, unsigned *length) */
	SHAPE_ALPN_SELECT,     /* (unsigned char **, unsigned char *length, …) -> 1 */
	SHAPE_ALPN_DATUM,      /* (ssl, struct { unsigned char *; unsigned length; } *) -> 0 */
	SHAPE_ALPN_COPY,       /* (fd, state *, unsigned char *, unsigned *length, n) -> 0 */
	SHAPE_BIO_POP,	       /* (bio), entry only */
	/* Methods of Go, with arguments in AX, BX, CX, DI, SI and results in AX */
	SHAPE_GO_READ,	    /* (c, buf, n, cap) -> bytes read */
	SHAPE_GO_WRITE,	    /* (c, type of record, buf, n, cap) -> bytes written */
	SHAPE_GO_HANDSHAKE, /* (c, ...) -> nil when it is completed */
	SHAPE_GO_STATE,	    /* (c) -> ConnectionState, which the caller has room for */
	SHAPE_GO_CLOSE,	    /* (c) */
};

/* Cookie of a uprobe: library in bits 16 to 31, shape in 8 to 15, function in 0 to 7. */
#define probe_cookie(library, shape, function) \
	(((__u64)(library) << 16) | ((__u64)(shape) << 8) | (__u64)(function))
#define cookie_library(cookie) ((__u16)((cookie) >> 16))
#define cookie_shape(cookie) ((__u8)((cookie) >> 8))
#define cookie_function(cookie) ((__u8)(cookie))

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

/* A TLS object of a program, or a plain socket: the key of the sessions map. */
struct session_key {
	__u64 object; /* its address: SSL *, gnutls_session_t, PRFileDesc *; or struct sock * */
	__u32 tgid;   /* 0 for a plain socket: processes share it */
	__u32 reserved;
};

enum handshake_state {
	HANDSHAKE_UNSEEN = 0,
	HANDSHAKE_OPEN, /* a hello was seen, and no byte was moved before it */
	HANDSHAKE_DONE,
};

/* Of the hellos that pass a session's BIOs, a bit each. */
enum hello {
	HELLO_CLIENT = 1,
	HELLO_SERVER = 2,
	HELLO_CLIENT_WRITTEN = 4, /* by this session, in pieces that are not told */
	HELLO_SERVER_WRITTEN = 8,
	HELLO_BIOS = 16,       /* the library uses BIOs: no need to look at its sockets */
	HELLO_TRANSCRIPT = 32, /* as OpenSSL, which tells when a handshake in a read is over */
};

/* hello_bytes of a session in a direction in which all was told. */
#define HELLO_OVER 0xffff

struct session {
	__u64 id;
	__u64 connection; /* 0: unknown */
	__u64 sock;	  /* of the connection: key of the connections map */
	__u64 carrier;	  /* address of the TLS object that carries this one; 0: none known */
	__u64 position[DIRECTIONS]; /* bytes that the program moved, lost ones included */
	__u16 library;
	__u8 evidence;
	__u8 announced;	  /* the addon was told of the state above */
	__u8 ended;	  /* the TLS object is gone, and the addon was not told yet */
	__u8 closing;	  /* it is gone when the last of its open reads returns */
	__u16 unfinished; /* of position[DIRECTION_WRITE]: bytes of a send that is to be resumed */
	__u32 open_reads; /* counted for Go alone: calls that may give bytes after its end */
	__u32 reserved_too;
	struct attempt attempt;	       /* of a handshake that is not completed */
	__u64 handshake_ktime;	       /* entry of its handshake's first call; 0: not seen */
	__u64 hello_ktime;	       /* the last hello was seen */
	__u16 hello_bytes[DIRECTIONS]; /* of the hello that passes its socket: told so far */
	__u16 hello_size[DIRECTIONS];  /* and in all, its record's header included */
	__u8 handshake;		       /* enum handshake_state */
	__u8 hellos;		       /* enum hello */
	__u8 excluded;		       /* its connection is not asked for */
	__u8 reserved_more[5];
};

/* The session ends now: a handshake that it began, and of which nothing came, has failed. */
static inline void tell_failed_handshake(struct session_end_record *record,
					 const struct session *session)
{
	int is_open = session->handshake == HANDSHAKE_OPEN && (session->hellos & HELLO_TRANSCRIPT);

	if (session->handshake == HANDSHAKE_DONE || session->position[DIRECTION_READ] ||
	    session->position[DIRECTION_WRITE] || (!session->attempt.ktime && !is_open))
		return;
	record->failed = session->attempt;
	if (record->failed.ktime)
		return;
	record->failed.ktime = record->header.ktime;
	record->failed.duration = record->header.ktime - session->handshake_ktime;
}

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
ASSERT_SIZE(struct session_key, 16);
ASSERT_SIZE(struct session, 120);
ASSERT_SIZE(struct config, 24);

#undef ASSERT_SIZE

#endif
