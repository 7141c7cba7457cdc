// SPDX-License-Identifier: MIT
#include "system-call-events.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

namespace plaincap {

namespace {

// The folder is there, and empty, if nothing is mounted on it.
int OpenTracefs() { return open("/sys/kernel/tracing", O_PATH | O_CLOEXEC); }

// A file system that nobody else sees: nothing is left of it when its descriptor is closed.
int MountTracefs() {
  const int context = static_cast<int>(syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC));
  if (context < 0) return -1;
  int folder = -1;
  if (syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0) {
    folder = static_cast<int>(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0));
  }
  close(context);
  return folder;
}

// 0 if there is none.
uint64_t ReadEventId(int tracefs, const std::string& event) {
  const std::string path = "events/raw_syscalls/" + event + "/id";
  const int file = openat(tracefs, path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[24] = {};
  const ssize_t length = read(file, text, sizeof(text) - 1);
  close(file);
  return length > 0 ? std::strtoull(text, nullptr, 10) : 0;
}

// On all CPUs: what is attached to the event of one is run on every.
int OpenEvent(uint64_t id) {
  perf_event_attr attr = {};
  attr.size = sizeof(attr);
  attr.type = PERF_TYPE_TRACEPOINT;
  attr.config = id;
  return static_cast<int>(syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
}

bool CanOpenEvent(uint64_t id) {
  const int event = OpenEvent(id);
  if (event >= 0) close(event);
  return event >= 0;
}

}  // namespace

std::optional<SystemCallEvents> SystemCallEvents::Find() {
  for (const auto open_tracefs : {OpenTracefs, MountTracefs}) {
    const int tracefs = open_tracefs();
    if (tracefs < 0) continue;
    const SystemCallEvents events(ReadEventId(tracefs, "sys_enter"),
                                  ReadEventId(tracefs, "sys_exit"));
    close(tracefs);
    if (events.enter_ == 0 || events.exit_ == 0) continue;
    return CanOpenEvent(events.enter_) ? std::optional(events) : std::nullopt;
  }
  return std::nullopt;
}

bpf_link* SystemCallEvents::Attach(const bpf_program* program) const {
  const bool at_enter = std::string_view(bpf_program__section_name(program)).ends_with("sys_enter");
  const int event = OpenEvent(at_enter ? enter_ : exit_);
  if (event < 0) return nullptr;
  // The link closes the event.
  bpf_link* link = bpf_program__attach_perf_event(program, event);
  if (link == nullptr) {
    const int reason = errno;
    close(event);
    errno = reason;
  }
  return link;
}

}  // namespace plaincap
