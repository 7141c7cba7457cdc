// SPDX-License-Identifier: MIT
#include "kernel-features.h"

#include <bpf/bpf.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

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

// Or newer.
bool IsLinux(int major, int minor) {
  utsname name = {};
  int release[2] = {};
  return uname(&name) == 0 && std::sscanf(name.release, "%d.%d", &release[0], &release[1]) == 2 &&
         (release[0] > major || (release[0] == major && release[1] >= minor));
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

bool HasUncachedWrites() { return IsLinux(6, 16); }

// Nothing that can be asked tells it.
bool PreemptsRawTracepoints() { return IsLinux(7, 0); }

}  // namespace plaincap
