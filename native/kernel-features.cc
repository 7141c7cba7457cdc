// SPDX-License-Identifier: MIT
#include "kernel-features.h"

#include <bpf/bpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace plaincap {

namespace {

// A program that does nothing. A negative number if the kernel does not know its type.
int LoadProgram(bpf_prog_type type, bpf_attach_type attach_type) {
  // return 0;
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K},
      {.code = BPF_JMP | BPF_EXIT},
  };
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.expected_attach_type = attach_type;
  return bpf_prog_load(type, nullptr, "GPL", instructions, 2, &options);
}

bool HasTracepoint(const char* name) {
  const int program = LoadProgram(BPF_PROG_TYPE_RAW_TRACEPOINT, {});
  if (program < 0) return false;
  const int link = bpf_raw_tracepoint_open(name, program);
  if (link >= 0) close(link);
  close(program);
  return link >= 0;
}

}  // namespace

bool HasKprobes() { return access("/sys/bus/event_source/devices/kprobe/type", F_OK) == 0; }

// By what the kernel answers: its type information tells it, too, but is megabytes to read.
bool HasUprobeMulti() {
  const int program = LoadProgram(BPF_PROG_TYPE_KPROBE, BPF_TRACE_UPROBE_MULTI);
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

bool HasSocketTracepoints() {
  return HasTracepoint("sock_send_length") && HasTracepoint("sock_recv_length");
}

// By the version: nothing that can be asked tells it.
bool PreemptsRawTracepoints() {
  utsname name = {};
  return uname(&name) == 0 && std::strtoul(name.release, nullptr, 10) >= 7;
}

}  // namespace plaincap
