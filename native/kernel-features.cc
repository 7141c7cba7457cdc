// SPDX-License-Identifier: MIT
#include "kernel-features.h"

#include <bpf/btf.h>
#include <unistd.h>

#include <cstring>
#include <memory>

namespace plaincap {

bool HasKprobes() { return access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0; }

bool HasUprobeMulti() {
  const std::unique_ptr<btf, decltype(&btf__free)> types(btf__load_vmlinux_btf(), btf__free);
  if (types == nullptr) return false;
  const int id = btf__find_by_name_kind(types.get(), "bpf_attach_type", BTF_KIND_ENUM);
  if (id < 0) return false;
  const btf_type* type = btf__type_by_id(types.get(), id);
  for (int i = 0; i < btf_vlen(type); i++) {
    const char* name = btf__name_by_offset(types.get(), btf_enum(type)[i].name_off);
    if (strcmp(name, "BPF_TRACE_UPROBE_MULTI") == 0) return true;
  }
  return false;
}

}  // namespace plaincap
