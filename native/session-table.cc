// SPDX-License-Identifier: MIT
#include "session-table.h"

#include <bpf/bpf.h>

#include "session-state.h"

namespace plaincap {

void SessionTable::Add(const session_record& record) {
  // No process owns a plain socket.
  const uint32_t tgid = record.library == NO_LIBRARY ? 0 : record.header.tgid;
  processes_[tgid][record.session] = record.object;
}

void SessionTable::Remove(uint32_t tgid, uint64_t session) {
  const auto process = processes_.find(tgid);
  if (process == processes_.end()) return;
  process->second.erase(session);
  if (process->second.empty()) processes_.erase(process);
}

void SessionTable::EndProcess(uint32_t tgid, uint64_t ktime, const Ended& ended) {
  const auto process = processes_.find(tgid);
  if (process == processes_.end()) return;
  End(tgid, process->second, ktime, true, ended);
  processes_.erase(process);
}

void SessionTable::EndAll(uint64_t ktime, const Ended& ended) {
  for (const auto& [tgid, objects] : processes_) End(tgid, objects, ktime, false, ended);
  processes_.clear();
}

void SessionTable::End(uint32_t tgid, const Objects& objects, uint64_t ktime, bool is_over,
                       const Ended& ended) const {
  for (const auto& [id, object] : objects) {
    const session_key key = {.object = object, .tgid = tgid, .reserved = 0};
    struct session state;
    // The place may already hold the next session of a process that took the same pid.
    if (bpf_map_lookup_elem(sessions_fd_, &key, &state) != 0 || state.id != id) continue;
    bpf_map_delete_elem(sessions_fd_, &key);
    session_end_record record = {};
    record.header = {.ktime = ktime, .kind = RECORD_SESSION_END, .tgid = tgid};
    record.session = id;
    for (int i = 0; i < DIRECTIONS; i++) record.position[i] = state.position[i];
    if (is_over) tell_failed_handshake(&record, &state);
    ended(record);
  }
}

}  // namespace plaincap
