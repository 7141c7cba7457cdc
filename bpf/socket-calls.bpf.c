// SPDX-License-Identifier: GPL-2.0-only
/*
 * Socket calls that a program makes inside an SSL call: they name the socket that carries the
 * session. By kprobe on the TCP functions, or by the system calls and a walk through the file
 * table where a kernel has no kprobes.
 */
#include "calls.h"
#include "sessions.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

static __always_inline void bind_open_call(struct call *call, struct sock *sk)
{
	struct session_key key = { .object = call->object, .tgid = current_tgid() };
	struct session *session = get_session(&key, cookie_library(call->cookie));

	if (session)
		bind_session(session, sk, EVIDENCE_NESTED, key.tgid);
}

SEC("kprobe/tcp_sendmsg")
int BPF_KPROBE(send_entry, struct sock *sk)
{
	struct call *call = open_call();

	if (call)
		bind_open_call(call, sk);
	return 0;
}

SEC("kprobe/tcp_recvmsg")
int BPF_KPROBE(receive_entry, struct sock *sk)
{
	struct call *call = open_call();

	if (call)
		bind_open_call(call, sk);
	return 0;
}

/* The socket behind a file descriptor of this task; NULL if it is none, or not TCP. */
static __always_inline struct sock *tcp_socket_of_fd(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;
	struct socket *socket;
	struct sock *sk;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk && is_tcp(sk) ? sk : NULL;
}

/* Numbers of arch/x86/entry/syscalls/syscall_64.tbl. */
static __always_inline bool moves_socket_bytes(long number)
{
	switch (number) {
	case 0: /* read */
	case 1: /* write */
	case 19: /* readv */
	case 20: /* writev */
	case 44: /* sendto */
	case 45: /* recvfrom */
	case 46: /* sendmsg */
	case 47: /* recvmsg */
	case 299: /* recvmmsg */
	case 307: /* sendmmsg */
		return true;
	default:
		return false;
	}
}

SEC("raw_tp/sys_enter")
int BPF_PROG(syscall_entry, struct pt_regs *regs, long number)
{
	struct call *call;
	struct sock *sk;
	__u64 fd = 0;

	if (!moves_socket_bytes(number))
		return 0;
	call = open_call();
	if (!call)
		return 0;
	/* struct pt_regs is an ABI of each architecture: nothing to relocate. */
	bpf_probe_read_kernel(&fd, sizeof(fd), &PT_REGS_PARM1_SYSCALL(regs));
	sk = tcp_socket_of_fd((__u32)fd);
	if (sk)
		bind_open_call(call, sk);
	return 0;
}
