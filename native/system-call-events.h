// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_SYSTEM_CALL_EVENTS_H_
#define PLAINCAP_SYSTEM_CALL_EVENTS_H_

#include <cstdint>
#include <optional>

struct bpf_link;
struct bpf_program;

namespace plaincap {

// The trace events of all system calls, raw_syscalls:sys_enter and sys_exit. libbpf finds them only
// where tracefs is mounted; here it need not be.
class SystemCallEvents {
 public:
  // None if the kernel has none, or does not let us use them.
  static std::optional<SystemCallEvents> Find();

  // As bpf_program__attach(): NULL and errno if it fails.
  bpf_link* Attach(const bpf_program* program) const;

 private:
  SystemCallEvents(uint64_t enter, uint64_t exit) : enter_(enter), exit_(exit) {}

  // What perf_event_open(2) knows them by.
  uint64_t enter_;
  uint64_t exit_;
};

}  // namespace plaincap

#endif  // PLAINCAP_SYSTEM_CALL_EVENTS_H_
