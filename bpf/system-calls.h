/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls that move bytes through sockets. */
#ifndef PLAINCAP_SYSTEM_CALLS_H
#define PLAINCAP_SYSTEM_CALLS_H

/* arch/x86/entry/syscalls/syscall_64.tbl */
enum syscall_number {
	SYSCALL_READ = 0,
	SYSCALL_WRITE = 1,
	SYSCALL_READV = 19,
	SYSCALL_WRITEV = 20,
	SYSCALL_SENDFILE = 40,
	SYSCALL_SENDTO = 44,
	SYSCALL_RECVFROM = 45,
	SYSCALL_SENDMSG = 46,
	SYSCALL_RECVMSG = 47,
	SYSCALL_SPLICE = 275,
	SYSCALL_RECVMMSG = 299,
	SYSCALL_SENDMMSG = 307,
	SYSCALL_PREADV2 = 327,
	SYSCALL_PWRITEV2 = 328,
};

#endif
