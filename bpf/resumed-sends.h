/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * GnuTLS's sends that do not block. One that returns GNUTLS_E_AGAIN has encrypted its bytes and
 * keeps them; the next call, which may be given the same bytes or none, sends them and returns how
 * many they were (gnutls_record_send in GnuTLS's manual). So they are told by the first call, while
 * the program still has them.
 */
#ifndef PLAINCAP_RESUMED_SENDS_H
#define PLAINCAP_RESUMED_SENDS_H

#include "sessions.h"
#include "watch.h"

/* gnutls/gnutls.h */
#define GNUTLS_E_AGAIN (-28)
#define GNUTLS_E_INTERRUPTED (-52)

/* A record's plaintext is not longer (RFC 8446, 5.1): no call takes more. */
#define RECORD_MAX_BYTES 16384

/* Bytes of call->buffer that are told with a send that returned `result`. */
static __always_inline __u64 resumed_bytes(struct call *call, int result)
{
	struct session_key key = {.object = call->object, .tgid = current_tgid()};
	struct session *session = bpf_map_lookup_elem(&sessions, &key);
	__u64 told = session ? session->unfinished : 0;

	if (result == GNUTLS_E_AGAIN || result == GNUTLS_E_INTERRUPTED) {
		if (told || call->length == 0)
			return 0;
		if (!session)
			session = get_session(&key, cookie_library(call->cookie));
		told = call->length < RECORD_MAX_BYTES ? call->length : RECORD_MAX_BYTES;
		if (session)
			session->unfinished = told;
		return told;
	}
	if (result <= 0)
		return 0;
	if (!told)
		return result;
	session->unfinished = 0;
	if ((__u64)result <= told) {
		/* Records may be shorter: then the rest was not sent, and comes again. */
		session->position[DIRECTION_WRITE] -= told - result;
		return 0;
	}
	/* The kernel encrypts, which took nothing before, and takes more now. */
	call->buffer += told;
	return result - told;
}

#endif
