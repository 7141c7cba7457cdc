// SPDX-License-Identifier: GPL-2.0-only
/*
 * NSS: programs read and write through NSPR, whose functions take files and pipes as well. NSS
 * makes a descriptor a TLS one by a layer with functions of its own; below it is the socket's, and
 * a program may put layers of its own above and below.
 */
#include "calls.h"
#include "maps.h"
#include "sessions.h"
#include "watch.h"
#include "task-stack.h"

#include <bpf/bpf_tracing.h>

/* struct PRFileDesc of NSPR's prio.h, an interface that programs are compiled against. */
struct layer {
	__u64 methods; /* their first member tells the type */
	__u64 secret;
	__u64 lower;
};

/* PRDescType of prio.h */
#define PR_DESC_LAYERED 4
/* Of PR_Recv: the bytes come again with the read that takes them. */
#define PR_MSG_PEEK 2

#define LAYERS_MAX 4

/* NSS's private part of a layer begins with the descriptor that the program has. */
static __always_inline bool points_back(const struct layer *layer, __u64 fd)
{
	__u64 owner = 0;
	__u32 type = 0;

	bpf_probe_read_user(&type, sizeof(type), (void *)layer->methods);
	if (type != PR_DESC_LAYERED || !layer->secret)
		return false;
	bpf_probe_read_user(&owner, sizeof(owner), (void *)layer->secret);
	return owner == fd;
}

/* By the methods of the descriptors that this process had from NSS; in an older one by a guess. */
static __always_inline bool is_tls(__u64 fd)
{
	__u32 tgid = current_tgid();
	__u64 *known = bpf_map_lookup_elem(&tls_methods, &tgid);
	struct layer layer = {};
	__u64 address = fd;

	for (int i = 0; i < LAYERS_MAX && address; i++) {
		if (bpf_probe_read_user(&layer, sizeof(layer), (void *)address))
			return false;
		if (known ? layer.methods == *known : points_back(&layer, fd))
			return true;
		address = layer.lower;
	}
	return false;
}

SEC("uprobe")
int BPF_UPROBE(layer_call_entry, __u64 fd, __u64 buffer, __u64 length, int flags)
{
	use_task_stack(ctx);
	__u64 cookie = bpf_get_attach_cookie(ctx);
	struct call *call;

	if (cookie_shape(cookie) == SHAPE_LAYER_RECV && flags & PR_MSG_PEEK)
		return 0;
	if (!is_watched(current_tgid())) {
		miss_call(&(struct session_key){.object = fd, .tgid = current_tgid()});
		return 0;
	}
	if (!is_tls(fd))
		return 0;
	call = enter_call(ctx, fd, cookie);
	if (!call)
		return 0;
	call->buffer = buffer;
	call->length = (__u32)length;
	return 0;
}

/* SSL_ImportFD made a TLS descriptor. */
SEC("uretprobe")
int BPF_URETPROBE(new_layer_return, __u64 fd)
{
	use_task_stack(ctx);
	__u32 tgid = current_tgid();
	struct layer layer = {};

	if (!fd || !is_watched(tgid) || bpf_probe_read_user(&layer, sizeof(layer), (void *)fd))
		return 0;
	bpf_map_update_elem(&tls_methods, &tgid, &layer.methods, BPF_ANY);
	return 0;
}
