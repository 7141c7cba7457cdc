// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_KERNEL_FEATURES_H_
#define PLAINCAP_KERNEL_FEATURES_H_

namespace plaincap {

// The perf event source of kprobes is there: CONFIG_KPROBE_EVENTS.
bool HasKprobes();

// BPF_TRACE_UPROBE_MULTI: one link for all functions of a library, detached in milliseconds
// where single uprobes take a tenth of a second each. Linux 6.6.
bool HasUprobeMulti();

// sock_send_length and sock_recv_length, at the end of each transfer through a socket. Linux 6.3.
bool HasSocketTracepoints();

// RWF_DONTCACHE, as it is from Linux 6.16 on: 6.14 corrupts memory with it, 6.15 does not know it.
bool HasUncachedWrites();

// Programs of raw tracepoints can be preempted, and runs of them are then left out. Linux 7.0.
bool PreemptsRawTracepoints();

}  // namespace plaincap

#endif  // PLAINCAP_KERNEL_FEATURES_H_
