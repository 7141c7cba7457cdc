// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_BPF_LOG_H_
#define PLAINCAP_BPF_LOG_H_

#include <stdexcept>
#include <string>

namespace plaincap {

// What the kernel refused, in libbpf's words.
class ProbeError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

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

  // Throws ProbeError unless `result`, a positive or negative errno, is 0.
  void Check(int result, const std::string& action) const;

 private:
  friend int PrintToLog(int level, const char* format, __builtin_va_list arguments);
  std::string text_;
  BpfLog* outer_;
};

}  // namespace plaincap

#endif  // PLAINCAP_BPF_LOG_H_
