/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What the map `sessions` holds. The addon reads there what a process that ended has left behind.
 * Included by bpf/ and native/, as events.h is.
 */
#ifndef PLAINCAP_SESSION_STATE_H
#define PLAINCAP_SESSION_STATE_H

#include "events.h"

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

ASSERT_SIZE(struct session_key, 16);
ASSERT_SIZE(struct session, 120);

#endif
