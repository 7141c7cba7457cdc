/* SPDX-License-Identifier: GPL-2.0-only */
/* Which processes are captured. Decided here, so nothing of another process crosses the ring. */
#ifndef PLAINCAP_WATCH_H
#define PLAINCAP_WATCH_H

#include "maps.h"

/* Without regard to filters that look at what the process is. */
static __always_inline bool is_in_scope(__u32 tgid)
{
	__u8 *watch;

	if (stopped || tgid == config.own_tgid)
		return false;
	watch = bpf_map_lookup_elem(&watched, &tgid);
	return watch ? *watch != WATCH_NEVER : config.watch_all;
}

extern int passes_process_filter(void);

/* The current process, which has this tgid, is captured. */
static __always_inline bool is_watched(__u32 tgid)
{
	return is_in_scope(tgid) && (!process_filter.active || passes_process_filter());
}

static __always_inline __u32 current_tgid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

#endif
