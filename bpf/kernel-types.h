/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of kernel structs that we read, nothing else. CO-RE relocates each access to where
 * the running kernel has the field, so order and gaps do not matter here, and a build needs no
 * BTF of the machine that it runs on.
 */
#ifndef PLAINCAP_KERNEL_TYPES_H
#define PLAINCAP_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

/* include/net/net_namespace.h */
struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

/* include/net/sock.h */
struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	unsigned long skc_flags;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u16 sk_protocol;
	__u16 sk_type;
	int sk_err;
};

/* include/linux/tcp.h */
struct tcp_sock {
	__u32 copied_seq; /* the next byte that the program reads */
};

struct file;

/* include/linux/net.h */
struct socket {
	struct sock *sk;
	struct file *file;
};

/* include/linux/uio.h, include/linux/socket.h */
struct iovec {
	void *iov_base;
	__u64 iov_len;
};

enum iter_type {
	ITER_IOVEC = 0,
	ITER_UBUF = 5,
};

struct iov_iter {
	__u8 iter_type;
	const struct iovec *__iov; /* since 6.4 */
	void *ubuf;		   /* since 6.0 */
	unsigned long iov_offset;
};

struct iov_iter___before_6_4 {
	const struct iovec *iov;
};

struct msghdr {
	struct iov_iter msg_iter;
};

/* include/linux/fs.h */
struct super_block {
	unsigned int s_dev;
};

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
};

typedef struct {
	long counter;
} atomic_long_t;

/* include/linux/file_ref.h: negative when the last reference is gone */
typedef struct {
	atomic_long_t refcnt;
} file_ref_t;

struct file {
	struct inode *f_inode;
	void *private_data;
	atomic_long_t f_count; /* until 6.12 */
	file_ref_t f_ref;      /* since 6.13 */
};

/* include/linux/fdtable.h */
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

/* include/linux/sched.h, include/linux/sched/signal.h */
typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

/* include/linux/mm_types.h */
struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct task_struct *group_leader;
	struct signal_struct *signal;
	struct files_struct *files;
	struct mm_struct *mm;
};

#pragma clang attribute pop

/* include/net/tcp_states.h */
enum tcp_state {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define S_IFMT 0170000
#define S_IFSOCK 0140000
/* enum sock_flags of include/net/sock.h: the peer sent its FIN. */
#define SOCK_DONE 1

#endif
