// SPDX-License-Identifier: GPL-2.0-only
/* Which socket a TLS object is given: SSL_set_fd, socket BIOs, and the ciphertext that it writes.
 */
#include "calls.h"
#include "file-table.h"
#include "fingerprints.h"
#include "hellos.h"
#include "sessions.h"
#include "task-stack.h"

#include <bpf/bpf_tracing.h>

static __always_inline void bind_fd(__u64 ssl, __u32 fd, __u64 cookie)
{
	struct session_key key = {.object = ssl, .tgid = current_tgid()};
	struct sock *sk = tcp_socket_of_fd(fd);
	struct session *session;

	if (!sk)
		return;
	session = get_session(&key, cookie_library(cookie));
	if (session)
		bind_session(session, &key, sk, EVIDENCE_SET_FD);
}

/* SSL_set_fd and its kin, and GnuTLS's transport, which is a descriptor or what a program likes. */
SEC("uprobe")
int BPF_UPROBE(tls_set_fd_entry, __u64 object, __u64 fd)
{
	use_task_stack(ctx);
	__u64 cookie = bpf_get_attach_cookie(ctx);

	if (cookie_shape(cookie) == SHAPE_SET_POINTER && fd >> 31)
		return 0;
	if (is_watched(current_tgid()))
		bind_fd(object, fd, cookie);
	return 0;
}

SEC("uprobe")
int BPF_UPROBE(bio_new_socket_entry, int fd)
{
	use_task_stack(ctx);
	struct bio_key thread = {.bio = bpf_get_current_pid_tgid()};
	__u32 value = fd;

	if (is_watched(current_tgid()))
		bpf_map_update_elem(&socket_bios, &thread, &value, BPF_ANY);
	return 0;
}

SEC("uretprobe")
int BPF_URETPROBE(bio_new_socket_return, __u64 bio)
{
	use_task_stack(ctx);
	struct bio_key thread = {.bio = bpf_get_current_pid_tgid()};
	struct bio_key key = {.bio = bio, .tgid = current_tgid()};
	__u32 *fd = bpf_map_lookup_elem(&socket_bios, &thread);
	__u32 value;

	if (!fd)
		return 0;
	value = *fd;
	bpf_map_delete_elem(&socket_bios, &thread);
	bpf_map_update_elem(&socket_bios, &key, &value, BPF_ANY);
	return 0;
}

SEC("uprobe")
int BPF_UPROBE(ssl_set_bio_entry, __u64 ssl, __u64 read_bio, __u64 write_bio)
{
	use_task_stack(ctx);
	struct bio_key key = {.bio = write_bio, .tgid = current_tgid()};
	__u32 *fd = bpf_map_lookup_elem(&socket_bios, &key);

	if (fd && is_watched(key.tgid))
		bind_fd(ssl, *fd, bpf_get_attach_cookie(ctx));
	return 0;
}

/* The library hands ciphertext to its BIO. Kept until a socket is seen to send it. */
SEC("uprobe")
int BPF_UPROBE(bio_write_entry, __u64 bio, __u64 buffer, int length)
{
	use_task_stack(ctx);
	struct call *call = open_call();
	struct session_key key = {};
	struct session *session;

	if (!call || length <= 0)
		return 0;
	key.object = call->object;
	key.tgid = current_tgid();
	session = get_session(&key, cookie_library(call->cookie));
	if (!session)
		return 0;
	if (session->handshake != HANDSHAKE_DONE)
		hello_in_bio(session, call, buffer, length);
	if (!is_proven(session))
		keep_fingerprint(&key, buffer, length);
	return 0;
}

/*
 * The library takes ciphertext from its BIO. These two are attached only for sessions that are
 * older than the capture: what a younger one writes in its handshake has told its socket.
 */
SEC("uprobe")
int BPF_UPROBE(bio_read_entry, __u64 bio, __u64 buffer)
{
	use_task_stack(ctx);
	struct call *call = open_call();

	if (call)
		call->bio_buffer = buffer;
	return 0;
}

SEC("uretprobe")
int BPF_URETPROBE(bio_read_return, int length)
{
	use_task_stack(ctx);
	struct call *call = open_call();
	struct session_key key = {};
	struct session *session;
	struct receipt *receipt;

	if (!call || length <= 0)
		return 0;
	key.object = call->object;
	key.tgid = current_tgid();
	session = bpf_map_lookup_elem(&sessions, &key);
	if (!session || session->connection)
		return 0;
	receipt = find_receipt(call->bio_buffer, length, key.tgid);
	if (!receipt)
		return 0;
	if (receipt->sock) {
		bind_session(session, &key, (struct sock *)receipt->sock, EVIDENCE_FINGERPRINT);
	} else {
		session->carrier = receipt->carrier;
		follow_carrier(session, &key);
	}
	return 0;
}
