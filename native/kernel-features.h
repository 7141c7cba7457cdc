// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_KERNEL_FEATURES_H_
#define PLAINCAP_KERNEL_FEATURES_H_

namespace plaincap {

// The perf event source of kprobes is there: CONFIG_KPROBE_EVENTS.
bool HasKprobes();

// BPF_TRACE_UPROBE_MULTI: one link for all functions of a library, detached in milliseconds
// where single uprobes take a tenth of a second each. Linux 6.6.
bool HasUprobeMulti();

}  // namespace plaincap

#endif  // PLAINCAP_KERNEL_FEATURES_H_
