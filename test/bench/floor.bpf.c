// SPDX-License-Identifier: GPL-2.0-only
/* Programs that do nothing: what the kernel's part of a probe costs. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("uprobe")
int entry(void *context)
{
	return 0;
}

SEC("uretprobe")
int at_return(void *context)
{
	return 0;
}
