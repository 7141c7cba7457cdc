// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which of the processes that could be captured are asked for, by what they are at this moment.
 * Nothing of it is kept, so nothing has to be undone when a process changes.
 */
#include "file-table.h"
#include "maps.h"

#include <bpf/bpf_core_read.h>

static __always_inline bool has_wanted_uid(void)
{
	__u32 uid = bpf_get_current_uid_gid();

	for (__u32 i = 0; i < FILTER_VALUES_MAX && i < process_filter.uid_count; i++) {
		if (process_filter.uids[i] == uid)
			return true;
	}
	return false;
}

static __always_inline bool is_in_wanted_cgroup(void)
{
	for (__u32 i = 0; i < FILTER_VALUES_MAX && i < process_filter.cgroup_count; i++) {
		if (bpf_current_task_under_cgroup(&cgroups, i) == 1)
			return true;
	}
	return false;
}

static __always_inline bool matches(const volatile struct comm_pattern *pattern,
				    const __u8 comm[COMM_BYTES])
{
	__u32 states = 1;

	for (int i = 0; i < COMM_BYTES && comm[i]; i++)
		states = (states & pattern->accepts[comm[i]]) << 1 | (states & pattern->repeats);
	return states & pattern->end;
}

static __always_inline bool has_wanted_comm(struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u8 comm[COMM_BYTES] = {};

	BPF_CORE_READ_INTO(&comm, leader, comm);
	for (__u32 i = 0; i < FILTER_VALUES_MAX && i < process_filter.comm_count; i++) {
		if (matches(&process_filter.comms[i], comm))
			return true;
	}
	return false;
}

static __always_inline void identify(struct file_identity *identity, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	identity->inode = BPF_CORE_READ(inode, i_ino);
	identity->device = BPF_CORE_READ(inode, i_sb, s_dev);
}

static __always_inline bool has_wanted_executable(struct task_struct *task)
{
	struct file_identity identity = {};

	identify(&identity, BPF_CORE_READ(task, mm, exe_file));
	return bpf_map_lookup_elem(&executables, &identity);
}

/* Of the current process: 0 or 1. Cheap questions first. */
int passes_process_filter(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (process_filter.uid_count && !has_wanted_uid())
		return 0;
	if (process_filter.cgroup_count && !is_in_wanted_cgroup())
		return 0;
	if (process_filter.by_executable && !has_wanted_executable(task))
		return 0;
	return !process_filter.comm_count || has_wanted_comm(task);
}

/* The addon runs this once for each file of --exe, with a file descriptor of its own. */
SEC("syscall")
int add_executable(__u32 *fd)
{
	struct file *file = file_of_fd(*fd);
	struct file_identity identity = {};
	__u8 yes = 1;

	if (!file)
		return -1;
	identify(&identity, file);
	return bpf_map_update_elem(&executables, &identity, &yes, BPF_ANY);
}
