// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_BPF_LOG_H_
#define PLAINCAP_BPF_LOG_H_

#include <string>

namespace plaincap {

// Collects what libbpf says on this thread while it lives, so that an error can carry libbpf's own
// words (verifier log, missing BTF, ...) and nothing is printed behind the user's back.
class BpfLog {
 public:
  BpfLog();
  ~BpfLog();
  BpfLog(const BpfLog&) = delete;
  BpfLog& operator=(const BpfLog&) = delete;

  // "action: strerror(code)", then libbpf's warnings, a line each. `code` is a negative errno.
  std::string Explain(const std::string& action, int code) const;

 private:
  friend int PrintToLog(int level, const char* format, __builtin_va_list arguments);
  std::string text_;
  BpfLog* outer_;
};

}  // namespace plaincap

#endif  // PLAINCAP_BPF_LOG_H_
