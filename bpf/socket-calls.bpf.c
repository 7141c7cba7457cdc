// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which socket carries a session, by the socket calls of its process: a send whose bytes are
 * ciphertext that the session wrote, or else a call that is made inside a call of the session.
 *
 * By kprobe on the TCP functions. On kernels without kprobes, where no session can be older than
 * the capture, by the tracepoints at the end of each transfer through a socket (Linux 6.3 and
 * newer), or else by the system calls and a walk through the file table, which slows down every
 * system call.
 */
#include "calls.h"
#include "fingerprints.h"
#include "file-table.h"
#include "goroutines.h"
#include "hellos.h"
#include "sessions.h"
#include "system-calls.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* The first bytes that a call sends, or where it receives them. */
struct span {
	__u64 buffer; /* user address */
	__u64 length; /* up to the end of the first iovec */
};

/* The session of a call, if this socket is known to carry it. */
static __always_inline struct session *session_of(const struct call *call, const struct sock *sk)
{
	struct session_key key = {.object = call->object, .tgid = current_tgid()};
	struct session *session = bpf_map_lookup_elem(&sessions, &key);

	return session && session->sock == (__u64)sk ? session : NULL;
}

/* A send inside a call of this session through its own socket tells nothing new. */
static __always_inline bool is_bound_to(const struct session *session, const struct sock *sk)
{
	__u64 key = (__u64)sk;
	struct connection *connection = bpf_map_lookup_elem(&connections, &key);

	return connection && connection->id == session->connection;
}

static __always_inline void bind_by_nesting(struct call *call, struct sock *sk)
{
	struct session_key key = {.object = call->object, .tgid = current_tgid()};
	struct session *session = get_session(&key, cookie_library(call->cookie));

	if (session)
		bind_session(session, &key, sk, EVIDENCE_NESTED);
}

static __always_inline bool bind_by_fingerprint(const struct span *sent, struct sock *sk)
{
	__u32 tgid = current_tgid();
	struct session_key writer = {};
	struct session *session;

	if (!has_fingerprints(tgid) || !take_fingerprint(&writer, sent->buffer, sent->length, tgid))
		return false;
	session = bpf_map_lookup_elem(&sessions, &writer);
	if (session)
		bind_session(session, &writer, sk, EVIDENCE_FINGERPRINT);
	return true;
}

/* A record begins with its type and the major version 3 (RFC 8446, 5.1). */
static __always_inline bool starts_tls_record(const struct span *sent)
{
	__u8 head[2] = {};

	return sent->length >= 5 &&
	       bpf_probe_read_user(head, sizeof(head), (void *)sent->buffer) == 0 &&
	       head[0] >= 20 && head[0] <= 23 && head[1] == 3;
}

/* The session of a call, if it may say a hello that is seen through this socket. */
static __always_inline struct session *hello_session(const struct call *call, const struct sock *sk,
						     __u8 direction)
{
	struct session *session = session_of(call, sk);

	return session && seeks_socket_hello(session, direction) ? session : NULL;
}

static __always_inline void begin_hello_receipt(struct sock *sk, struct call *call, __u64 buffer)
{
	call->hello_sock = (__u64)sk;
	call->hello_buffer = buffer;
	call->hello_seq = BPF_CORE_READ((struct tcp_sock *)sk, copied_seq);
}

/* tcp_recvmsg() calls it after each piece that it copied to the program, in its thread. */
SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(socket_received, struct sock *sk)
{
	struct call *call = open_call_of_task();
	struct session *session;
	__u32 length;
	__u32 seq;

	if (!call || call->hello_sock != (__u64)sk)
		return 0;
	seq = BPF_CORE_READ((struct tcp_sock *)sk, copied_seq);
	length = seq - call->hello_seq;
	session = hello_session(call, sk, DIRECTION_READ);
	if (session && length > 0)
		hello_in_socket(session, call, DIRECTION_READ, call->hello_buffer, length);
	call->hello_seq = seq;
	call->hello_buffer += length;
	return 0;
}

static __always_inline void socket_sends(struct sock *sk, const struct span *sent,
					 struct call *call)
{
	__u64 key = (__u64)sk;
	struct session *session;
	__u8 yes = 1;

	if (bind_by_fingerprint(sent, sk) || !call)
		return;
	session = session_of(call, sk);
	if (session && is_bound_to(session, sk) && !seeks_socket_hello(session, DIRECTION_WRITE))
		return;
	if (starts_tls_record(sent)) {
		bind_by_nesting(call, sk);
		session = hello_session(call, sk, DIRECTION_WRITE);
		if (session)
			hello_in_socket(session, call, DIRECTION_WRITE, sent->buffer, sent->length);
	} else if (!session) {
		bpf_map_update_elem(&foreign_sockets, &key, &yes, BPF_ANY);
	}
}

static __always_inline void socket_receives(struct sock *sk, struct call *call)
{
	__u64 key = (__u64)sk;
	struct connection *connection;

	if (!session_of(call, sk)) {
		if (!bpf_map_lookup_elem(&foreign_sockets, &key))
			bind_by_nesting(call, sk);
		return;
	}
	connection = bpf_map_lookup_elem(&connections, &key);
	if (connection)
		connection->read_inside = 1;
}

/* The call receives from a socket. Whether that may be a hello. */
static __always_inline bool receives_hello(struct sock *sk, struct call *call)
{
	socket_receives(sk, call);
	call->hello_sock = 0;
	return hello_session(call, sk, DIRECTION_READ) != NULL;
}

static __always_inline void read_iovec(struct span *sent, const void *user_iovec)
{
	struct {
		__u64 base;
		__u64 length;
	} first = {};

	bpf_probe_read_user(&first, sizeof(first), user_iovec);
	sent->buffer = first.base;
	sent->length = first.length;
}

/* What a msghdr will send: a buffer of its own (since Linux 6.0), or an array of iovec. */
static __always_inline void read_message(struct span *sent, struct msghdr *message, __u64 size)
{
	struct iov_iter *iter = &message->msg_iter;
	__u8 type = BPF_CORE_READ(iter, iter_type);
	const struct iovec *iovec;

	if (bpf_core_enum_value_exists(enum iter_type, ITER_UBUF) &&
	    type == bpf_core_enum_value(enum iter_type, ITER_UBUF)) {
		sent->buffer = (__u64)BPF_CORE_READ(iter, ubuf) + BPF_CORE_READ(iter, iov_offset);
		sent->length = size;
		return;
	}
	if (type != bpf_core_enum_value(enum iter_type, ITER_IOVEC))
		return;
	if (bpf_core_field_exists(iter->__iov))
		iovec = BPF_CORE_READ(iter, __iov);
	else
		iovec = BPF_CORE_READ((struct iov_iter___before_6_4 *)iter, iov);
	sent->buffer = (__u64)BPF_CORE_READ(iovec, iov_base) + BPF_CORE_READ(iter, iov_offset);
	sent->length = BPF_CORE_READ(iovec, iov_len);
}

/* The thread receives into a buffer: it is looked at when it is filled. */
static __always_inline void begin_receipt(struct sock *sk, __u64 buffer)
{
	struct receiving entry = {.sock = (__u64)sk, .buffer = buffer};
	__u64 thread = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&receiving, &thread, &entry, BPF_ANY);
}

static __always_inline void end_receipt(long length)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct receiving *entry;

	if (!seeks_receipts(thread >> 32))
		return;
	entry = bpf_map_lookup_elem(&receiving, &thread);
	if (!entry)
		return;
	if (length > 0)
		keep_receipt(&(struct receipt){.sock = entry->sock}, entry->buffer, length,
			     thread >> 32);
	bpf_map_delete_elem(&receiving, &thread);
}

SEC("kprobe/tcp_sendmsg")
int BPF_KPROBE(send_entry, struct sock *sk, struct msghdr *message, __u64 size)
{
	struct call *call = open_call_of_task();
	struct span sent = {};

	if (!call && !has_fingerprints(current_tgid()))
		return 0;
	read_message(&sent, message, size);
	socket_sends(sk, &sent, call);
	return 0;
}

SEC("kprobe/tcp_recvmsg")
int BPF_KPROBE(receive_entry, struct sock *sk, struct msghdr *message, __u64 size)
{
	struct call *call = open_call_of_task();
	struct span target = {};
	bool seeks = seeks_receipts(current_tgid());
	bool is_hello = call && receives_hello(sk, call);

	if (!seeks && !is_hello)
		return 0;
	read_message(&target, message, size);
	if (is_hello)
		begin_hello_receipt(sk, call, target.buffer);
	if (seeks)
		begin_receipt(sk, target.buffer);
	return 0;
}

SEC("kretprobe/tcp_recvmsg")
int BPF_KRETPROBE(receive_return, int length)
{
	end_receipt(length);
	return 0;
}

static __always_inline bool receives(long number)
{
	return number == SYSCALL_READ || number == SYSCALL_READV || number == SYSCALL_RECVFROM ||
	       number == SYSCALL_RECVMSG;
}

static __always_inline bool sends(long number)
{
	return number == SYSCALL_WRITE || number == SYSCALL_WRITEV || number == SYSCALL_SENDTO ||
	       number == SYSCALL_SENDMSG;
}

static __always_inline void read_span(struct span *span, long number, __u64 argument, __u64 length)
{
	__u64 iovec = 0;

	switch (number) {
	case SYSCALL_READV:
	case SYSCALL_WRITEV:
		read_iovec(span, (void *)argument);
		break;
	case SYSCALL_RECVMSG:
	case SYSCALL_SENDMSG:
		/* struct user_msghdr: name, namelen, iov */
		bpf_probe_read_user(&iovec, sizeof(iovec), (void *)(argument + 16));
		read_iovec(span, (void *)iovec);
		break;
	default:
		span->buffer = argument;
		span->length = length;
	}
}

/* Also where the socket took none of it: what is given to it again later is the same. */
SEC("tp_btf/sock_send_length")
int BPF_PROG(send_end, struct sock *sk)
{
	struct pt_regs *regs;
	struct span sent = {};
	struct call *call;

	call = open_call_of_task();
	if ((!call && !has_fingerprints(current_tgid())) || !is_tcp(sk))
		return 0;
	regs = syscall_registers();
	if (!sends(regs->orig_rax))
		return 0;
	read_span(&sent, regs->orig_rax, regs->rsi, regs->rdx);
	socket_sends(sk, &sent, call);
	return 0;
}

/* result: 0 for what was only peeked at */
SEC("tp_btf/sock_recv_length")
int BPF_PROG(receive_end, struct sock *sk, int result)
{
	struct call *call = open_call_of_task();
	struct session *session;
	struct span target = {};
	struct pt_regs *regs;

	if (!call || !is_tcp(sk))
		return 0;
	socket_receives(sk, call);
	if (result <= 0)
		return 0;
	session = hello_session(call, sk, DIRECTION_READ);
	if (!session)
		return 0;
	regs = syscall_registers();
	if (!receives(regs->orig_rax))
		return 0;
	read_span(&target, regs->orig_rax, regs->rsi, regs->rdx);
	if (target.length > (__u32)result)
		target.length = (__u32)result;
	if (target.length > 0)
		hello_in_socket(session, call, DIRECTION_READ, target.buffer, target.length);
	return 0;
}

static __always_inline int enter_syscall(struct pt_regs *regs, long number)
{
	__u32 tgid = current_tgid();
	struct span span = {};
	__u64 argument = 0;
	struct call *call;
	__u64 length = 0;
	struct sock *sk;
	__u64 fd = 0;
	bool is_hello;
	bool seeks;

	if (!receives(number) && !sends(number))
		return 0;
	call = open_call_of_task();
	seeks = receives(number) && seeks_receipts(tgid);
	if (!call && !seeks && (receives(number) || !has_fingerprints(tgid)))
		return 0;
	/* struct pt_regs is an ABI of each architecture: nothing to relocate. */
	bpf_probe_read_kernel(&fd, sizeof(fd), &PT_REGS_PARM1_SYSCALL(regs));
	sk = tcp_socket_of_fd((__u32)fd);
	if (!sk)
		return 0;
	is_hello = receives(number) && call && receives_hello(sk, call);
	if (receives(number) && !seeks && !is_hello)
		return 0;
	bpf_probe_read_kernel(&argument, sizeof(argument), &PT_REGS_PARM2_SYSCALL(regs));
	bpf_probe_read_kernel(&length, sizeof(length), &PT_REGS_PARM3_SYSCALL(regs));
	read_span(&span, number, argument, length);
	if (is_hello)
		begin_hello_receipt(sk, call, span.buffer);
	if (seeks)
		begin_receipt(sk, span.buffer);
	if (sends(number))
		socket_sends(sk, &span, call);
	return 0;
}

SYSTEM_CALL_ENTRY(syscall_entry, enter_syscall)

static __always_inline int leave_syscall(struct pt_regs *regs, long result)
{
	end_receipt(result);
	return 0;
}

SYSTEM_CALL_EXIT(syscall_exit, leave_syscall)
