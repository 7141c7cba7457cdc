// SPDX-License-Identifier: GPL-2.0-only
/*
 * crypto/tls of Go: methods of tls.Conn, probed where they begin and at each RET: a uretprobe would
 * write into a stack that Go moves.
 *
 * Programs write and read one tls.Conn in two goroutines. Bytes are told in the order in which one
 * can be the answer to the other: what is read when Read returns, what is written before it leaves.
 * So Write is not probed itself but the writeRecordLocked that it calls, once it has the lock that
 * puts the writes of several goroutines in order. If sending fails then, it is told all the same,
 * as the last of its connection.
 */
#include "go-conn.h"
#include "goroutines.h"
#include "handshakes.h"
#include "payload.h"
#include "sessions.h"
#include "task-stack.h"

/* src/cmd/compile/abi-internal.md: arguments in AX, BX, CX, DI, SI, the receiver first. */
#define GO_RECEIVER(ctx) ((ctx)->rax)
#define GO_RESULT(ctx) ((ctx)->rax)
#define GO_G(ctx) ((ctx)->r14)

/* recordType (RFC 8446, 5.1) */
#define APPLICATION_DATA 23

#define PAGE_BYTES 4096

/*
 * A tls.Conn makes one handshake, and more only when its server asks for them (TLS 1.2), on the
 * same connection. Otherwise it is another tls.Conn where one was that is gone.
 */
static __always_inline void enter_handshake(const struct session_key *key, const struct call *call,
					    const struct goroutine *goroutine)
{
	struct call *outer = outer_call(goroutine);
	struct sock *sk = socket_of_tcp_conn(inner_conn(key->object));
	struct session *session = bpf_map_lookup_elem(&sessions, key);

	if (session && (!has_live_connection(session) || (sk && (__u64)sk != session->sock)))
		end_session(key);
	session = get_session(key, cookie_library(call->cookie));
	if (!session)
		return;
	bind_conn(session, key);
	begin_handshake(session, call);
	if (outer && outer->object == key->object && cookie_shape(outer->cookie) == SHAPE_GO_READ &&
	    outer->session != session->id)
		count_read(outer, session);
}

/* Pages that a program never wrote to are not there before someone reads them, as Write does. */
struct pages {
	__u64 next;
	__u64 last;
	__u64 missing;
};

static long probe_page(__u32 index, struct pages *pages)
{
	__u8 byte;

	if (bpf_probe_read_user(&byte, sizeof(byte), (void *)pages->next))
		pages->missing = 1;
	if (pages->missing || pages->next == pages->last)
		return 1;
	pages->next += PAGE_BYTES;
	if (pages->next > pages->last)
		pages->next = pages->last;
	return 0;
}

static __always_inline bool is_present(__u64 buffer, __u64 length)
{
	struct pages pages = {.next = buffer};

	pages.last = buffer + (length < config.snaplen ? length : config.snaplen) - 1;
	bpf_loop(CALL_MAX_BYTES / PAGE_BYTES + 1, probe_page, &pages, 0);
	return !pages.missing;
}

static __always_inline void tell_payload(const struct session_key *key, struct call *call,
					 __u64 length, bool at_entry)
{
	struct session *session = get_session(key, cookie_library(call->cookie));
	struct payload payload = {.length = length};
	bool told;

	if (!session) {
		lose_payload(&payload, LOSS_TABLE_FULL);
		return;
	}
	bind_conn(session, key);
	payload.header.ktime = bpf_ktime_get_boot_ns();
	payload.header.kind = RECORD_DATA;
	payload.header.tgid = key->tgid;
	payload.duration = at_entry ? 0 : payload.header.ktime - call->ktime;
	payload.session = session->id;
	payload.call = call;
	payload.tid = (__u32)bpf_get_current_pid_tgid();
	payload.function = cookie_function(call->cookie);
	payload.direction = call_direction(call);
	payload.position = session->position[payload.direction % DIRECTIONS];
	session->position[payload.direction % DIRECTIONS] += length;
	told = announce_session(session, key->object, key->tgid, payload.header.ktime);
	if (session->excluded)
		return;
	if (told)
		emit_payload(&payload);
	else
		lose_payload(&payload, LOSS_RING_FULL);
}

static __always_inline void set_buffer(struct call *call, const struct goroutine *goroutine,
				       __u64 buffer)
{
	call->buffer = buffer;
	call->stack_high = buffer >= goroutine->stack_low && buffer < goroutine->stack_high
				   ? goroutine->stack_high
				   : 0;
}

/*
 * tls.ConnectionState has its version, three more fields in the same 8 bytes, and then
 * NegotiatedProtocol, a string. It is too long for registers: room for it is behind the return
 * address.
 */
#define GO_STATE_PROTOCOL (8 + 8)

static __always_inline void tell_negotiated_protocol(struct pt_regs *ctx,
						     const struct session_key *key)
{
	struct session *session = bpf_map_lookup_elem(&sessions, key);
	struct {
		__u64 text;
		__u64 length;
	} protocol = {};

	bpf_probe_read_user(&protocol, sizeof(protocol),
			    (void *)(PT_REGS_SP(ctx) + GO_STATE_PROTOCOL));
	if (session)
		tell_alpn(session, key->tgid, protocol.text, protocol.length);
}

/*
 * It returned an error, or nil: an interface without a type. After an error the tls.Conn is of no
 * more use, and programs close only what is below it.
 */
static __always_inline void leave_handshake(const struct session_key *key, const struct call *call,
					    bool is_nil)
{
	struct session *session = bpf_map_lookup_elem(&sessions, key);

	if (!session)
		return;
	if (is_nil) {
		complete_handshake(session, key, call, bpf_ktime_get_boot_ns());
		return;
	}
	suspend_handshake(session, call);
	close_session(key);
}

/* Read, Close, ConnectionState and the handshakes. */
SEC("uprobe")
int go_entry(struct pt_regs *ctx)
{
	use_task_stack(ctx);
	struct session_key key = {.object = GO_RECEIVER(ctx), .tgid = current_tgid()};
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct goroutine goroutine;
	struct session *session;
	struct call *call;

	if (!is_watched(key.tgid)) {
		miss_call(&key);
		return 0;
	}
	if (!read_goroutine(&goroutine, GO_G(ctx), key.tgid))
		return 0;
	call = enter_goroutine_call(&goroutine, PT_REGS_SP(ctx), key.object, cookie);
	if (!call)
		return 0;
	set_buffer(call, &goroutine, ctx->rbx);
	call->told = 0;
	call->session = 0;
	if (cookie_shape(cookie) == SHAPE_GO_HANDSHAKE) {
		enter_handshake(&key, call, &goroutine);
	} else if (cookie_shape(cookie) == SHAPE_GO_READ) {
		session = bpf_map_lookup_elem(&sessions, &key);
		if (session && !session->ended)
			count_read(call, session);
	}
	return 0;
}

SEC("uprobe")
int go_write_entry(struct pt_regs *ctx)
{
	use_task_stack(ctx);
	struct session_key key = {.object = GO_RECEIVER(ctx), .tgid = current_tgid()};
	__u64 cookie = bpf_get_attach_cookie(ctx);
	__u8 type = (__u8)ctx->rbx;
	__u64 buffer = ctx->rcx;
	__u64 length = ctx->rdi;
	struct goroutine goroutine;
	struct call *call;

	/* Records of handshakes and alerts are none of the program's bytes. */
	if (type != APPLICATION_DATA || length == 0)
		return 0;
	if (!is_watched(key.tgid)) {
		miss_call(&key);
		return 0;
	}
	if (!read_goroutine(&goroutine, GO_G(ctx), key.tgid))
		return 0;
	if (is_ciphertext(buffer, length))
		carry_outer_call(&goroutine, ctx->rbp, key.object);
	call = enter_goroutine_call(&goroutine, PT_REGS_SP(ctx), key.object, cookie);
	if (!call) {
		lose_payload(&(struct payload){.length = length}, LOSS_TABLE_FULL);
		return 0;
	}
	set_buffer(call, &goroutine, buffer);
	call->told = is_present(buffer, length);
	if (call->told)
		tell_payload(&key, call, length, true);
	return 0;
}

/*
 * A call that was open when the capture began. Its arguments stand where the caller left room for
 * them, behind the return address: so they are believed only if they lead to what is known.
 */
static __always_inline struct call *adopt_call(struct pt_regs *ctx,
					       const struct goroutine *goroutine, __u64 cookie)
{
	struct session_key key = {.tgid = goroutine->key.tgid};
	__u64 sp = PT_REGS_SP(ctx);
	struct {
		__u64 receiver;
		__u64 buffer;
		__u64 length;
	} arguments = {};
	struct call *call;

	bpf_probe_read_user(&arguments, sizeof(arguments), (void *)(sp + sizeof(__u64)));
	key.object = arguments.receiver;
	if (GO_RESULT(ctx) > arguments.length ||
	    (!bpf_map_lookup_elem(&sessions, &key) &&
	     !socket_of_tcp_conn(inner_conn(arguments.receiver))))
		return NULL;
	call = enter_goroutine_call(goroutine, sp, arguments.receiver, cookie);
	if (!call)
		return NULL;
	call->buffer = arguments.buffer;
	call->stack_high = 0;
	call->told = 0;
	call->session = 0;
	return leave_goroutine_call(goroutine, sp);
}

SEC("uprobe")
int go_return(struct pt_regs *ctx)
{
	use_task_stack(ctx);
	__u64 cookie = bpf_get_attach_cookie(ctx);
	__u8 shape = cookie_shape(cookie);
	struct session_key key = {.tgid = current_tgid()};
	__s64 result = GO_RESULT(ctx);
	struct goroutine goroutine;
	struct call *call;

	if (!is_watched(key.tgid) || !read_goroutine(&goroutine, GO_G(ctx), key.tgid))
		return 0;
	call = leave_goroutine_call(&goroutine, PT_REGS_SP(ctx));
	if (!call && shape == SHAPE_GO_READ && result > 0) {
		call = adopt_call(ctx, &goroutine, cookie);
		if (!call)
			lose_payload(&(struct payload){.length = result}, LOSS_UNREADABLE);
	}
	if (!call)
		return 0;
	key.object = call->object;
	if (call->stack_high)
		call->buffer += goroutine.stack_high - call->stack_high;
	if (shape == SHAPE_GO_CLOSE)
		close_session(&key);
	else if (shape == SHAPE_GO_HANDSHAKE)
		leave_handshake(&key, call, result == 0);
	else if (shape == SHAPE_GO_STATE)
		tell_negotiated_protocol(ctx, &key);
	else if (call_direction(call) < DIRECTIONS && !call->told && result > 0)
		tell_payload(&key, call, result, false);
	if (shape == SHAPE_GO_READ && call->session)
		uncount_read(call, &key);
	forget_idle_goroutine(&goroutine);
	return 0;
}
