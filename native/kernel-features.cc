// SPDX-License-Identifier: MIT
#include "kernel-features.h"

#include <bpf/bpf.h>
#include <unistd.h>

#include <cerrno>

namespace plaincap {

bool HasKprobes() { return access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0; }

// By what the kernel answers: its type information tells it, too, but is megabytes to read.
bool HasUprobeMulti() {
  // return 0;
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K},
      {.code = BPF_JMP | BPF_EXIT},
  };
  LIBBPF_OPTS(bpf_prog_load_opts, load);
  load.expected_attach_type = BPF_TRACE_UPROBE_MULTI;
  const int program = bpf_prog_load(BPF_PROG_TYPE_KPROBE, nullptr, "GPL", instructions, 2, &load);
  if (program < 0) return false;
  const unsigned long offset = 0;
  LIBBPF_OPTS(bpf_link_create_opts, link);
  link.uprobe_multi.path = "/";
  link.uprobe_multi.offsets = &offset;
  link.uprobe_multi.cnt = 1;
  // A folder is refused by who knows of such links alone: bpf_uprobe_multi_link_attach().
  const bool knows = bpf_link_create(program, -1, BPF_TRACE_UPROBE_MULTI, &link) == -EBADF;
  close(program);
  return knows;
}

}  // namespace plaincap
