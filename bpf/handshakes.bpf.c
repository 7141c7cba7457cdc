// SPDX-License-Identifier: GPL-2.0-only
/*
 * Handshakes: the calls that make them, the moment at which one is completed inside another call,
 * and the application protocol as programs ask for it, or choose it (under TLS 1.3 it is encrypted
 * on the wire).
 */
#include "calls.h"
#include "handshakes.h"
#include "task-stack.h"

#include <bpf/bpf_tracing.h>

SEC("uprobe")
int BPF_UPROBE(handshake_entry, __u64 object)
{
	use_task_stack(ctx);
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct call *call = enter_call(ctx, object, cookie);
	struct session_key key = {.object = object, .tgid = current_tgid()};
	struct session *session;

	if (!call)
		return 0;
	session = get_session(&key, cookie_library(cookie));
	if (session)
		begin_handshake(session, call);
	return 0;
}

/* A call of which this one, that was just closed, is a part; NULL if there is none. */
static __always_inline const struct call *outer_call(const struct call *call)
{
	const struct call *outer = open_call();

	return outer && outer->object == call->object ? outer : NULL;
}

SEC("uretprobe")
int BPF_URETPROBE(handshake_return, int result)
{
	use_task_stack(ctx);
	struct call *call = leave_call(ctx);
	struct session_key key = {};
	const struct call *outer;
	struct session *session;
	bool is_zero;

	if (!call)
		return 0;
	/* Early data returns from it before the other side's Finished. */
	outer = outer_call(call);
	if (outer && is_early_data(outer))
		return 0;
	key.object = call->object;
	key.tgid = current_tgid();
	session = bpf_map_lookup_elem(&sessions, &key);
	is_zero = cookie_shape(call->cookie) == SHAPE_HANDSHAKE_ZERO;
	if (session && result == (is_zero ? 0 : 1))
		complete_handshake(session, &key, call, bpf_ktime_get_boot_ns());
	else if (session)
		suspend_handshake(session, call);
	return 0;
}

/*
 * OpenSSL takes the buffering BIO of its handshake away when that is completed, and else only from
 * objects that it frees or clears (ssl_free_wbio_buffer): so a handshake inside SSL_read or
 * SSL_write tells its end.
 */
SEC("uprobe")
int BPF_UPROBE(bio_pop_entry)
{
	use_task_stack(ctx);
	struct call *call = open_call();
	struct session_key key = {};
	struct session *session;

	if (!call || call_direction(call) == DIRECTIONS)
		return 0;
	key.object = call->object;
	key.tgid = current_tgid();
	session = bpf_map_lookup_elem(&sessions, &key);
	if (session)
		complete_handshake(session, &key, call, bpf_ktime_get_boot_ns());
	return 0;
}

/* A server's callback chooses, for the session whose handshake has called it. */
SEC("uprobe")
int BPF_UPROBE(alpn_select_entry, __u64 protocol, __u64 length)
{
	use_task_stack(ctx);
	struct call *outer = open_call();
	struct call *call;

	if (!outer)
		return 0;
	call = enter_call(ctx, outer->object,
			  probe_cookie(cookie_library(outer->cookie), SHAPE_ALPN_SELECT,
				       FUNCTION_SSL_SELECT_NEXT_PROTO));
	if (!call)
		return 0;
	call->buffer = protocol;
	call->length = length;
	return 0;
}

/* Where a call that returned left the application protocol: its user address, and its length. */
static __always_inline __u64 find_alpn(const struct call *call, int result, __u32 *length)
{
	struct {
		__u64 data;
		__u32 size;
	} datum = {};

	switch (cookie_shape(call->cookie)) {
	case SHAPE_ALPN:
		bpf_probe_read_user(&datum.data, sizeof(datum.data), (void *)call->buffer);
		bpf_probe_read_user(length, sizeof(*length), (void *)call->length);
		return datum.data;
	case SHAPE_ALPN_SELECT:
		if (result == 1)
			bpf_probe_read_user(&datum.data, sizeof(datum.data), (void *)call->buffer);
		bpf_probe_read_user(length, 1, (void *)call->length);
		return datum.data;
	case SHAPE_ALPN_DATUM:
		if (result == 0)
			bpf_probe_read_user(&datum, sizeof(datum), (void *)call->buffer);
		*length = datum.size;
		return datum.data;
	default: /* SHAPE_ALPN_COPY */
		if (result == 0)
			bpf_probe_read_user(length, sizeof(*length), (void *)call->bytes_out);
		return call->length;
	}
}

SEC("uretprobe")
int BPF_URETPROBE(alpn_return, int result)
{
	use_task_stack(ctx);
	struct call *call = leave_call(ctx);
	struct session_key key = {};
	struct session *session;
	__u32 length = 0;
	__u64 protocol;

	if (!call)
		return 0;
	key.object = call->object;
	key.tgid = current_tgid();
	session = bpf_map_lookup_elem(&sessions, &key);
	protocol = find_alpn(call, result, &length);
	if (session)
		tell_alpn(session, key.tgid, protocol, length);
	return 0;
}
