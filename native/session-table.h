// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_SESSION_TABLE_H_
#define PLAINCAP_SESSION_TABLE_H_

#include <cstdint>
#include <functional>
#include <unordered_map>

#include "events.h"

namespace plaincap {

// The sessions that JavaScript was told of and that have not ended. The kernel forgets a session
// when its TLS object is freed; what a dying process leaves behind is taken from here.
class SessionTable {
 public:
  // `sessions_fd`: the BPF map `sessions`.
  explicit SessionTable(int sessions_fd) : sessions_fd_(sessions_fd) {}

  void Add(const session_record& record);
  void Remove(uint32_t tgid, uint64_t session);

  using Ended = std::function<void(const session_end_record&)>;
  // Ends all sessions of a process, with the byte positions that the kernel counted, and frees
  // their places in the kernel's map.
  void EndProcess(uint32_t tgid, uint64_t ktime, const Ended& ended);
  // The same for all processes, when the capture ends.
  void EndAll(uint64_t ktime, const Ended& ended);

 private:
  // session -> address of its TLS object
  using Objects = std::unordered_map<uint64_t, uint64_t>;

  // `is_over`: of the process. Else its handshakes may go on without us.
  void End(uint32_t tgid, const Objects& objects, uint64_t ktime, bool is_over,
           const Ended& ended) const;

  int sessions_fd_;
  std::unordered_map<uint32_t, Objects> processes_;
};

}  // namespace plaincap

#endif  // PLAINCAP_SESSION_TABLE_H_
