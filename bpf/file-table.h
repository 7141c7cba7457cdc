/* SPDX-License-Identifier: GPL-2.0-only */
/* From a file descriptor of the current task to its file, and to its socket. */
#ifndef PLAINCAP_FILE_TABLE_H
#define PLAINCAP_FILE_TABLE_H

#include "connections.h"

#include <bpf/bpf_core_read.h>

/* NULL if this task has no such file descriptor. */
static __always_inline struct file *file_of_fd(__u32 fd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

/* The socket behind a file descriptor of this task; NULL if it is none, or not TCP. */
static __always_inline struct sock *tcp_socket_of_fd(__u32 fd)
{
	struct file *file = file_of_fd(fd);
	struct socket *socket;
	struct sock *sk;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return sk && is_tcp(sk) ? sk : NULL;
}

#endif
