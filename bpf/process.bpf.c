// SPDX-License-Identifier: GPL-2.0-only
/* The process tree: children of watched processes are watched, dead ones are forgotten. */
#include "goroutines.h"
#include "maps.h"
#include "ring.h"
#include "watch.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 parent_tgid = parent->tgid;
	__u32 tgid = child->tgid;
	__u8 *parent_watch;
	__u8 watch;

	/* A new thread has its parent's tgid. */
	if (config.watch_all || tgid == parent_tgid || !is_in_scope(parent_tgid))
		return 0;
	parent_watch = bpf_map_lookup_elem(&watched, &parent_tgid);
	if (!parent_watch || *parent_watch == WATCHED_ALONE)
		return 0;
	watch = *parent_watch;
	bpf_map_update_elem(&watched, &tgid, &watch, BPF_ANY);
	return 0;
}

/* Its TLS objects are gone, and so are comm and executable that the addon was told. */
static __always_inline void forget_process(__u32 tgid)
{
	struct exit_record *record;

	forget_goroutines(tgid);
	bpf_map_delete_elem(&tls_methods, &tgid);
	if (bpf_map_delete_elem(&processes, &tgid) != 0)
		return;
	record = reserve_record(RECORD_EXIT, sizeof(*record), tgid, bpf_ktime_get_boot_ns());
	if (record)
		bpf_ringbuf_submit(record, wakeup_flags());
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(process_exec, struct task_struct *task)
{
	forget_process(task->tgid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exit, struct task_struct *task)
{
	__u64 thread = (__u64)task->tgid << 32 | (__u32)task->pid;
	__u32 tgid = task->tgid;

	bpf_map_delete_elem(&threads, &thread);
	bpf_map_delete_elem(&socket_calls, &thread);
	/* do_exit() counted this thread out before it came here. */
	if (task->signal->live.counter != 0)
		return 0;
	bpf_map_delete_elem(&watched, &tgid);
	forget_process(tgid);
	return 0;
}
