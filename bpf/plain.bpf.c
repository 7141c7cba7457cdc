// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain TCP: what system calls move through sockets that carry no TLS.
 *
 * By system calls on every kernel, also on one with kprobes: a kretprobe has room for about ten
 * calls that wait at a time, and servers have a thread a connection. What the kernel moves without
 * a system call of its own, as for io_uring, is not seen.
 */
#include "calls.h"
#include "content.h"
#include "file-table.h"
#include "payload.h"
#include "sessions.h"
#include "system-calls.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* include/linux/socket.h */
#define MSG_PEEK 0x2
#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000

/* Code segment of 32-bit programs, whose system calls have other numbers: asm/segment.h. */
#define USER32_CS 0x23

/* Where the bytes of a call are. */
enum place {
	PLACE_BUFFER,	/* (fd, buf, n) -> bytes */
	PLACE_VECTOR,	/* (fd, iovec *, n) -> bytes */
	PLACE_MESSAGE,	/* (fd, msghdr *) -> bytes */
	PLACE_MESSAGES, /* (fd, mmsghdr *, n) -> messages */
	PLACE_KERNEL,	/* in none of the program's buffers */
};

struct system_call {
	__u8 name; /* enum socket_call_name */
	__u8 direction;
	__u8 place;
	__u8 flags_at; /* which argument, counted from 1; 0: none */
};

/* False for calls that are not captured. */
static __always_inline bool describe_call(struct system_call *call, long number)
{
#define CASE(NUMBER, NAME, DIRECTION, PLACE, FLAGS_AT)                                \
	case NUMBER:                                                                  \
		*call = (struct system_call){(__u8)NAME, DIRECTION, PLACE, FLAGS_AT}; \
		return true
	switch (number) {
		CASE(SYSCALL_READ, CALL_READ, DIRECTION_READ, PLACE_BUFFER, 0);
		CASE(SYSCALL_WRITE, CALL_WRITE, DIRECTION_WRITE, PLACE_BUFFER, 0);
		CASE(SYSCALL_READV, CALL_READV, DIRECTION_READ, PLACE_VECTOR, 0);
		CASE(SYSCALL_WRITEV, CALL_WRITEV, DIRECTION_WRITE, PLACE_VECTOR, 0);
		CASE(SYSCALL_PREADV2, CALL_PREADV2, DIRECTION_READ, PLACE_VECTOR, 0);
		CASE(SYSCALL_PWRITEV2, CALL_PWRITEV2, DIRECTION_WRITE, PLACE_VECTOR, 0);
		CASE(SYSCALL_RECVFROM, CALL_RECVFROM, DIRECTION_READ, PLACE_BUFFER, 4);
		CASE(SYSCALL_SENDTO, CALL_SENDTO, DIRECTION_WRITE, PLACE_BUFFER, 0);
		CASE(SYSCALL_RECVMSG, CALL_RECVMSG, DIRECTION_READ, PLACE_MESSAGE, 3);
		CASE(SYSCALL_SENDMSG, CALL_SENDMSG, DIRECTION_WRITE, PLACE_MESSAGE, 0);
		CASE(SYSCALL_RECVMMSG, CALL_RECVMMSG, DIRECTION_READ, PLACE_MESSAGES, 4);
		CASE(SYSCALL_SENDMMSG, CALL_SENDMMSG, DIRECTION_WRITE, PLACE_MESSAGES, 0);
		CASE(SYSCALL_SENDFILE, CALL_SENDFILE, DIRECTION_WRITE, PLACE_KERNEL, 0);
		/* The direction that it has with a socket as its first argument. */
		CASE(SYSCALL_SPLICE, CALL_SPLICE, DIRECTION_READ, PLACE_KERNEL, 0);
	}
#undef CASE
	return false;
}

/* struct pt_regs is an ABI of each architecture: nothing to relocate. */
#define read_argument(regs, n)                                                                  \
	({                                                                                      \
		__u64 value = 0;                                                                \
		bpf_probe_read_kernel(&value, sizeof(value), &PT_REGS_PARM##n##_SYSCALL(regs)); \
		value;                                                                          \
	})

static __always_inline bool is_32_bit(struct pt_regs *regs)
{
	__u64 cs = 0;

	bpf_probe_read_kernel(&cs, sizeof(cs), &regs->cs);
	return cs == USER32_CS;
}

/* The socket of a call. splice() has it in one of two places; the other one is a pipe. */
static __always_inline struct sock *socket_of(struct system_call *call, struct pt_regs *regs)
{
	struct sock *sk = tcp_socket_of_fd((__u32)read_argument(regs, 1));

	if (sk || call->name != (__u8)CALL_SPLICE)
		return sk;
	call->direction = DIRECTION_WRITE;
	return tcp_socket_of_fd((__u32)read_argument(regs, 3));
}

static const struct socket_call no_call = {};

static __always_inline struct socket_call *begin_call(struct sock *sk)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct socket_call *call = bpf_map_lookup_elem(&socket_calls, &thread);

	if (!call) {
		if (!sk)
			return NULL;
		bpf_map_update_elem(&socket_calls, &thread, &no_call, BPF_NOEXIST);
		call = bpf_map_lookup_elem(&socket_calls, &thread);
		if (!call)
			return NULL;
	}
	call->sock = (__u64)sk;
	call->ktime = bpf_ktime_get_boot_ns();
	return call;
}

static __always_inline int enter_plain_call(struct pt_regs *regs, long number)
{
	struct system_call call;

	if (!describe_call(&call, number) || !is_watched(current_tgid()) || is_32_bit(regs))
		return 0;
	begin_call(socket_of(&call, regs));
	return 0;
}

SYSTEM_CALL_ENTRY(plain_call_entry, enter_plain_call)

/* Nobody sees into these bytes but, maybe, a TLS session that is bound to the socket later. */
static __always_inline void hide_bytes(struct connection *connection, const struct payload *p,
				       enum content content)
{
	if (content == CONTENT_OWN_OUTPUT) {
		lose_payload(p, LOSS_OWN_OUTPUT);
		return;
	}
	if (connection && connection->carries_tls)
		return;
	if (connection) {
		__sync_fetch_and_add(&connection->hidden.calls, 1);
		__sync_fetch_and_add(&connection->hidden.bytes, p->length);
	}
	lose_payload(p, LOSS_ENCRYPTED);
}

/* Tells of p->length bytes that went through the socket. */
static __noinline int tell_bytes(struct payload *p)
{
	const struct socket_call *call = container_of(p->call, struct socket_call, call);
	struct session_key key = {.object = call->sock};
	struct connection *connection = bpf_map_lookup_elem(&connections, &key.object);
	struct session *session = bpf_map_lookup_elem(&sessions, &key);
	enum content content;
	struct head head = {};

	if (connection && connection->excluded)
		return 0;
	if (p->reason == LOSS_REASON_COUNT)
		read_head(&head, p);
	content = connection ? connection->content : session ? CONTENT_PLAIN : CONTENT_UNKNOWN;
	if (content == CONTENT_UNKNOWN)
		content = first_content(connection, &head, open_call() != NULL);
	else if (content == CONTENT_PLAIN && begins_handshake(&head)) {
		content = CONTENT_ENCRYPTED;
		end_session(&key);
	}
	if (connection)
		connection->content = content;
	if (content != CONTENT_PLAIN) {
		hide_bytes(connection, p, content);
		return 0;
	}

	session = get_session(&key, NO_LIBRARY);
	if (!session) {
		lose_payload(p, LOSS_TABLE_FULL);
		return 0;
	}
	if (connection && session->connection != connection->id) {
		session->connection = connection->id;
		session->sock = call->sock;
		session->evidence = EVIDENCE_SOCKET;
		session->announced = 0;
	}
	p->session = session->id;
	/* Threads and processes share a socket. */
	p->position =
		__sync_fetch_and_add(&session->position[p->direction % DIRECTIONS], p->length);
	if (!announce_session(session, key.object, p->header.tgid, p->header.ktime))
		lose_payload(p, LOSS_RING_FULL);
	else if (p->reason < LOSS_REASON_COUNT)
		pass_over_payload(p, p->reason);
	else
		emit_payload(p);
	return 0;
}

/* struct user_msghdr of include/linux/socket.h, where the buffers are. */
#define MESSAGE_IOVEC 16
/* struct mmsghdr: a message and how many bytes of it were moved. */
#define MESSAGE_LENGTH 56
#define NEXT_MESSAGE 64

static __always_inline void find_message(struct payload *p, __u64 message)
{
	struct {
		__u64 address;
		__u64 count;
	} vector = {};

	bpf_probe_read_user(&vector, sizeof(vector), (void *)(message + MESSAGE_IOVEC));
	p->call->buffer = vector.address;
	p->pieces = vector.count;
}

/* The verifier adds up the stacks of all functions on the way, up to 512 bytes: few are left. */
static long tell_message(__u32 index, struct payload *p)
{
	struct socket_call *call = container_of(p->call, struct socket_call, call);
	__u64 message = call->messages + (__u64)index * NEXT_MESSAGE;
	__u32 length = 0;

	bpf_probe_read_user(&length, sizeof(length), (void *)(message + MESSAGE_LENGTH));
	if (length == 0)
		return 0;
	p->length = length;
	find_message(p, message);
	tell_bytes(p);
	return 0;
}

/* The call that returns now. One that began before the capture has its socket at its end, too. */
static __always_inline struct socket_call *call_under_way(struct system_call *call,
							  struct pt_regs *regs)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct socket_call *known = bpf_map_lookup_elem(&socket_calls, &thread);

	/* Also for splice(), whose direction is found with the socket. */
	if (!known || (known->sock && call->name == (__u8)CALL_SPLICE))
		return begin_call(socket_of(call, regs));
	return known;
}

static __always_inline __u32 flags_of(const struct system_call *call, struct pt_regs *regs)
{
	if (call->flags_at == 3)
		return read_argument(regs, 3);
	if (call->flags_at == 4)
		return read_argument(regs, 4);
	return 0;
}

/* As miss_call() for a call of a TLS library. */
static __always_inline void miss_socket_call(struct system_call *call, struct pt_regs *regs)
{
	struct session_key key = {};

	if (!process_filter.active || !is_in_scope(current_tgid()))
		return;
	key.object = (__u64)socket_of(call, regs);
	if (key.object)
		miss_call(&key);
}

static __always_inline int leave_plain_call(struct pt_regs *regs, long result)
{
	struct socket_call *socket_call;
	struct payload payload = {};
	struct system_call call;
	__u64 number = 0;
	__u32 flags;

	if (result <= 0)
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number), &regs->orig_rax);
	if (!describe_call(&call, number) || is_32_bit(regs))
		return 0;
	if (!is_watched(current_tgid())) {
		miss_socket_call(&call, regs);
		return 0;
	}
	socket_call = call_under_way(&call, regs);
	if (!socket_call || !socket_call->sock)
		return 0;
	/* What is peeked at comes again; errors' data is none of the conversation. */
	flags = flags_of(&call, regs);
	if (flags & (MSG_PEEK | MSG_ERRQUEUE))
		return 0;
	payload.reason = LOSS_REASON_COUNT;
	if (flags & MSG_TRUNC)
		payload.reason = LOSS_DISCARDED;
	else if (call.place == PLACE_KERNEL)
		payload.reason = call.name == (__u8)CALL_SENDFILE ? LOSS_SENDFILE : LOSS_SPLICE;

	/* Here, where the stack is not deep yet. */
	get_connection((struct sock *)socket_call->sock);
	payload.call = &socket_call->call;
	payload.header.ktime = bpf_ktime_get_boot_ns();
	payload.header.kind = RECORD_DATA;
	payload.header.tgid = current_tgid();
	payload.duration = payload.header.ktime - socket_call->ktime;
	payload.length = result;
	payload.piece_length_mask = ~0ULL;
	payload.tid = (__u32)bpf_get_current_pid_tgid();
	payload.direction = call.direction;
	payload.function = call.name;
	if (call.place == PLACE_MESSAGES) {
		socket_call->messages = read_argument(regs, 2);
		bpf_loop(result, tell_message, &payload, 0);
		return 0;
	}
	if (call.place == PLACE_MESSAGE) {
		find_message(&payload, read_argument(regs, 2));
	} else {
		socket_call->call.buffer = read_argument(regs, 2);
		if (call.place == PLACE_VECTOR)
			payload.pieces = read_argument(regs, 3);
	}
	tell_bytes(&payload);
	return 0;
}

SYSTEM_CALL_EXIT(plain_call_return, leave_plain_call)

/*
 * The kernel is done with a socket: the program closed it, and the connection is over. What it
 * read after the connection's end belongs to the session.
 */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(plain_socket_end, struct sock *sk)
{
	end_session(&(struct session_key){.object = (__u64)sk});
	return 0;
}
