// SPDX-License-Identifier: MIT
#include "bpf-log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace plaincap {

namespace {
thread_local BpfLog* innermost = nullptr;
constexpr size_t kKept = 2048;
}  // namespace

int PrintToLog(int level, const char* format, va_list arguments) {
  if (innermost == nullptr || level == LIBBPF_DEBUG) return 0;
  va_list again;
  va_copy(again, arguments);
  const int length = vsnprintf(nullptr, 0, format, arguments);
  if (length > 0) {
    const size_t end = innermost->text_.size();
    innermost->text_.resize(end + length + 1);
    vsnprintf(&innermost->text_[end], length + 1, format, again);
    innermost->text_.resize(end + length);
  }
  va_end(again);
  return 0;
}

BpfLog::BpfLog() : outer_(innermost) {
  libbpf_set_print([](enum libbpf_print_level level, const char* format, va_list arguments) {
    return PrintToLog(level, format, arguments);
  });
  innermost = this;
}

BpfLog::~BpfLog() { innermost = outer_; }

std::string BpfLog::Explain(const std::string& action, int code) const {
  char reason[256];
  libbpf_strerror(code, reason, sizeof(reason));
  std::string message = action + ": " + reason;
  std::string_view said = text_;
  while (said.ends_with('\n')) said.remove_suffix(1);
  if (said.empty()) return message;
  if (said.size() <= 2 * kKept) return message.append("\n").append(said);
  // A verifier log can be of many megabytes; the program's name is at its head, the reason at its
  // end.
  message.append("\n").append(said.substr(0, kKept)).append("\n[…]\n");
  return message.append(said.substr(said.size() - kKept));
}

void BpfLog::Check(int result, const std::string& action) const {
  if (result != 0) throw ProbeError(Explain(action, result < 0 ? result : -result));
}

}  // namespace plaincap
