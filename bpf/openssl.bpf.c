// SPDX-License-Identifier: GPL-2.0-only
/*
 * SSL_read, SSL_write and their _ex forms, of OpenSSL and BoringSSL.
 *
 * SSL_peek is left out on purpose: the same bytes come again with the read that takes them.
 */
#include "calls.h"
#include "fingerprints.h"
#include "payload.h"
#include "sessions.h"

#include <bpf/bpf_tracing.h>

/* What this session is given to write may be the ciphertext of another one. */
static __always_inline void carry_inner_session(const struct call *call, __u64 length)
{
	struct session_key key = {};
	struct session *inner;
	__u32 tgid = current_tgid();

	if (!has_fingerprints(tgid) || !take_fingerprint(&key, call->buffer, length, tgid))
		return;
	inner = bpf_map_lookup_elem(&sessions, &key);
	if (!inner)
		return;
	inner->carrier = call->object;
	follow_carrier(inner, &key);
}

/*
 * A call of a process that is not asked for, or not any more: whatever its session moves later is
 * another one's, as nobody counts the bytes in between.
 */
static __always_inline void miss_call(__u64 ssl)
{
	struct session_key key = {.object = ssl, .tgid = current_tgid()};

	if (process_filter.active && !stopped)
		end_session(&key);
}

SEC("uprobe")
int BPF_UPROBE(ssl_entry, __u64 ssl, __u64 buffer, __u64 length, __u64 bytes_out)
{
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct call *call = enter_call(ctx, ssl, cookie);

	if (!call) {
		miss_call(ssl);
		return 0;
	}
	call->buffer = buffer;
	call->bytes_out = bytes_out;
	if (call_direction(call) == DIRECTION_WRITE)
		carry_inner_session(call, length);
	return 0;
}

/* Bytes that the call moved; 0 if it failed, or has none. */
static __always_inline __u64 moved_bytes(const struct call *call, long result)
{
	__u64 bytes = 0;

	switch (cookie_shape(call->cookie)) {
	case SHAPE_READ:
	case SHAPE_WRITE:
		return (int)result > 0 ? (int)result : 0;
	case SHAPE_READ_EX:
	case SHAPE_WRITE_EX:
		if ((int)result == 1)
			bpf_probe_read_user(&bytes, sizeof(bytes), (void *)call->bytes_out);
		return bytes;
	default:
		return 0;
	}
}

SEC("uretprobe")
int BPF_URETPROBE(ssl_return, long result)
{
	struct call *call = leave_call(ctx);
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct session_key key = {};
	struct session *session;
	struct payload payload = {};
	bool told;

	if (!call)
		return 0;
	payload.length = moved_bytes(call, result);
	if (payload.length == 0)
		return 0;
	key.object = call->object;
	key.tgid = pid_tgid >> 32;
	session = get_session(&key, cookie_library(call->cookie));
	if (!session) {
		lose_payload(&payload, LOSS_TABLE_FULL);
		return 0;
	}
	payload.header.ktime = bpf_ktime_get_boot_ns();
	payload.header.kind = RECORD_DATA;
	payload.header.tgid = key.tgid;
	payload.duration = payload.header.ktime - call->ktime;
	payload.session = session->id;
	payload.call = call;
	payload.tid = (__u32)pid_tgid;
	payload.function = cookie_function(call->cookie);
	payload.direction = call_direction(call);
	/* Programs that use one SSL from two threads at a time do so in different directions. */
	payload.position = session->position[payload.direction % DIRECTIONS];
	session->position[payload.direction % DIRECTIONS] += payload.length;
	if (!session->connection) {
		/* Idle for so long that its socket is sought no more: told again, it is. */
		if (!seeks_receipts(key.tgid))
			session->announced = 0;
		seek_receipts(key.tgid);
		follow_carrier(session, &key);
	}
	if (payload.direction == DIRECTION_READ && seeks_receipts(key.tgid))
		keep_receipt(&(struct receipt){.carrier = key.object}, call->buffer, payload.length,
			     key.tgid);
	told = announce_session(session, key.object, key.tgid, payload.header.ktime);
	if (session->excluded)
		return 0;
	if (told)
		emit_payload(&payload);
	else
		lose_payload(&payload, LOSS_RING_FULL);
	return 0;
}

SEC("uprobe")
int BPF_UPROBE(ssl_free_entry, __u64 ssl)
{
	struct session_key key = {.object = ssl, .tgid = current_tgid()};

	end_session(&key);
	return 0;
}
