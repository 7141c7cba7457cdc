// SPDX-License-Identifier: MIT
#include "kernel-features.h"

#include <bpf/btf.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace plaincap {

namespace {

bool HasAttachType(const btf* types, const char* wanted) {
  const int id = btf__find_by_name_kind(types, "bpf_attach_type", BTF_KIND_ENUM);
  if (id < 0) return false;
  const btf_type* type = btf__type_by_id(types, id);
  for (int i = 0; i < btf_vlen(type); i++) {
    const char* name = btf__name_by_offset(types, btf_enum(type)[i].name_off);
    if (strcmp(name, wanted) == 0) return true;
  }
  return false;
}

bool HasTracepoint(const btf* types, const char* name) {
  return btf__find_by_name_kind(types, name, BTF_KIND_TYPEDEF) >= 0;
}

}  // namespace

KernelFeatures ReadKernelFeatures() {
  KernelFeatures features;
  features.kprobes = access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0;
  const std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), btf__free);
  if (types == nullptr) return features;
  features.uprobe_multi = HasAttachType(types.get(), "BPF_TRACE_UPROBE_MULTI");
  features.socket_tracepoints = HasTracepoint(types.get(), "btf_trace_sock_send_length") &&
                                HasTracepoint(types.get(), "btf_trace_sock_recv_length");
  return features;
}

}  // namespace plaincap
