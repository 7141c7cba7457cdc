// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that read and write plaintext, of OpenSSL, BoringSSL, GnuTLS and NSS: (object, buffer,
 * length) in one shape or another.
 *
 * SSL_peek is left out on purpose: the same bytes come again with the read that takes them.
 */
#include "calls.h"
#include "fingerprints.h"
#include "handshakes.h"
#include "resumed-sends.h"
#include "payload.h"
#include "sessions.h"
#include "task-stack.h"

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

/* What the session's finished calls wrote. */
static __always_inline __u64 written_bytes(__u64 object)
{
	struct session_key key = {.object = object, .tgid = current_tgid()};
	struct session *session = bpf_map_lookup_elem(&sessions, &key);

	return session ? session->position[DIRECTION_WRITE] - session->unfinished : 0;
}

/*
 * OpenSSL's functions share one, which is probed in their place: which of them called it tells the
 * address to which it returns. Other callers, such as the BIO of BIO_f_ssl(), have no name of their
 * own.
 */
static __always_inline __u64 name_caller(struct pt_regs *ctx, __u64 cookie)
{
	__u64 return_address = 0;
	bool reads;

	if (!cookie_distance(cookie))
		return cookie;
	bpf_probe_read_user(&return_address, sizeof(return_address), (void *)PT_REGS_SP(ctx));
	if (return_address == PT_REGS_IP(ctx) + cookie_distance(cookie))
		return cookie;
	reads = cookie_shape(cookie) == SHAPE_READ_EX;
	return probe_cookie(cookie_library(cookie), cookie_shape(cookie),
			    reads ? FUNCTION_SSL_READ : FUNCTION_SSL_WRITE);
}

SEC("uprobe")
int BPF_UPROBE(tls_call_entry, __u64 object, __u64 buffer, __u64 length, __u64 fourth, __u64 fifth)
{
	use_task_stack(ctx);
	__u64 cookie = name_caller(ctx, bpf_get_attach_cookie(ctx));
	struct call *call = enter_call(ctx, object, cookie);

	if (!call) {
		miss_call(&(struct session_key){.object = object, .tgid = current_tgid()});
		return 0;
	}
	call->buffer = buffer;
	call->length = length;
	call->bytes_out = cookie_shape(cookie) == SHAPE_WRITE_EX2 ? fifth : fourth;
	if (cookie_shape(cookie) == SHAPE_SENDFILE)
		call->written = written_bytes(object);
	if (call_direction(call) == DIRECTION_WRITE)
		carry_inner_session(call, length);
	return 0;
}

/* Bytes that the call moved and that are told with it; 0 if it failed, or has none. */
static __always_inline __u64 moved_bytes(struct call *call, long result)
{
	__u64 bytes = 0;

	switch (cookie_shape(call->cookie)) {
	case SHAPE_READ:
	case SHAPE_WRITE:
	case SHAPE_READ_PACKET:
	case SHAPE_LAYER_READ:
	case SHAPE_LAYER_RECV:
	case SHAPE_LAYER_WRITE:
	case SHAPE_LAYER_WRITEV:
		return (int)result > 0 ? (int)result : 0;
	case SHAPE_RESUMABLE_WRITE:
		return resumed_bytes(call, (int)result);
	case SHAPE_SENDFILE:
		bytes = written_bytes(call->object) - call->written;
		return result > 0 && (__u64)result > bytes ? result - bytes : 0;
	case SHAPE_READ_EX:
	case SHAPE_WRITE_EX:
	case SHAPE_WRITE_EX2:
		if ((int)result == 1)
			bpf_probe_read_user(&bytes, sizeof(bytes), (void *)call->bytes_out);
		return bytes;
	default:
		return 0;
	}
}

SEC("uretprobe")
int BPF_URETPROBE(tls_call_return, long result)
{
	use_task_stack(ctx);
	struct call *call = leave_call(ctx);
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct session_key key = {};
	struct session *session;
	struct payload payload = {};
	bool is_sendfile;
	bool told;

	if (!call)
		return 0;
	is_sendfile = cookie_shape(call->cookie) == SHAPE_SENDFILE;
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
	if (cookie_shape(call->cookie) == SHAPE_LAYER_WRITEV) {
		payload.pieces = call->length;
		payload.piece_length_mask = 0xffffffff;
	}
	payload.tid = (__u32)pid_tgid;
	payload.function = cookie_function(call->cookie);
	payload.direction = is_sendfile ? DIRECTION_WRITE : call_direction(call);
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
	complete_by_data(session, &key, call, payload.header.ktime);
	told = announce_session(session, key.object, key.tgid, payload.header.ktime);
	if (session->excluded)
		return 0;
	if (!told)
		lose_payload(&payload, LOSS_RING_FULL);
	else if (is_sendfile)
		pass_over_payload(&payload, LOSS_SENDFILE);
	else if (cookie_shape(call->cookie) == SHAPE_READ_PACKET)
		lose_payload(&payload, LOSS_PACKET);
	else
		emit_payload(&payload);
	return 0;
}

SEC("uprobe")
int BPF_UPROBE(tls_free_entry, __u64 object)
{
	use_task_stack(ctx);
	struct session_key key = {.object = object, .tgid = current_tgid()};

	end_session(&key);
	return 0;
}
