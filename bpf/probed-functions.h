/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The functions and system calls that are probed, what their arguments are, and how a probe tells
 * its program of both. Included by bpf/ and native/, as events.h is.
 */
#ifndef PLAINCAP_PROBED_FUNCTIONS_H
#define PLAINCAP_PROBED_FUNCTIONS_H

#include <linux/types.h>

/*
 * The probed functions: identifier, symbol, shape of the call. An attach cookie carries the
 * identifier (see probe_cookie).
 */
#define PROBED_FUNCTIONS(X)                                                                       \
	X(FUNCTION_SSL_READ, "SSL_read", SHAPE_READ)                                              \
	X(FUNCTION_SSL_WRITE, "SSL_write", SHAPE_WRITE)                                           \
	X(FUNCTION_SSL_READ_EX, "SSL_read_ex", SHAPE_READ_EX)                                     \
	X(FUNCTION_SSL_WRITE_EX, "SSL_write_ex", SHAPE_WRITE_EX)                                  \
	X(FUNCTION_SSL_WRITE_EX2, "SSL_write_ex2", SHAPE_WRITE_EX2)                               \
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
	SHAPE_WRITE_EX2,       /* (ssl, buf, n, flags, size_t *bytes) -> 1 */
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

/*
 * Cookie of a uprobe: function in bits 0 to 7, shape in 8 to 15, library in 16 to 31. Above them,
 * if the probe is in a function that API functions share, the distance from there to where a call
 * by this one returns, in bytes, signed; else 0.
 */
#define probe_cookie(library, shape, function) \
	(((__u64)(library) << 16) | ((__u64)(shape) << 8) | (__u64)(function))
#define distance_cookie(distance) ((__u64)(__u32)(distance) << 32)
#define cookie_distance(cookie) ((__s32)((cookie) >> 32))
#define cookie_library(cookie) ((__u16)((cookie) >> 16))
#define cookie_shape(cookie) ((__u8)((cookie) >> 8))
#define cookie_function(cookie) ((__u8)(cookie))

#endif
