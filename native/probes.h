// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_PROBES_H_
#define PLAINCAP_PROBES_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events.h"
#include "filter-options.h"
#include "later-programs.h"
#include "probe-links.h"
#include "system-call-events.h"

struct plaincap_bpf;
struct bpf_link;
struct bpf_program;

namespace plaincap {

// Where openings of connections and the sockets of calls are learned from.
enum class ConnectionSource { kKprobe, kTracepoint, kSyscall };

struct ProbeOptions {
  uint32_t ring_bytes;  // a power of two, at least a page
  uint32_t snaplen;     // bytes that are captured of a call, at most CALL_MAX_BYTES
  uint32_t own_tgid;
  bool watch_all;
  bool use_kprobes;  // if the kernel has them
  // Sessions may be older than the capture: their sockets are also sought by what they read.
  bool old_sessions;
  bool plain;  // plain sockets are captured, too
  FilterOptions filters;
};

// The loaded BPF programs and maps. Everything is detached and freed with this object.
class Probes {
 public:
  // Opens, loads and attaches all that needs no library. Throws ProbeError.
  explicit Probes(const ProbeOptions& options);
  ~Probes();
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

  ConnectionSource connection_source() const { return connection_source_; }
  // The kernel may leave out programs that look at system calls, and has nothing better.
  bool skips_calls() const { return skips_calls_; }

  // Whether this process may be captured, and those that it starts from now on.
  void SetWatch(uint32_t tgid, watch watch);
  bool IsWatched(uint32_t tgid) const;
  // Attaches to functions of a library or executable; `library` comes back with each session.
  // `has_old_sessions`: programs may have used it before now. The file must then stay at its path.
  void Attach(const std::string& path, uint16_t library, const std::vector<ProbePoint>& points,
              bool has_old_sessions);
  // Loads the programs at functions of Go now, not when the first Go program is probed.
  void LoadGoPrograms();
  // Looks for the sockets of old sessions also by what these read, until Settle(): that slows down
  // every read. Nothing without `old_sessions`.
  void SeekOldSessions();
  void Settle();
  // Calls that return from now on leave no trace, neither records nor counts; takes microseconds,
  // where detaching takes up to seconds.
  void Stop();

  bool watches_all() const;
  int watched_fd() const;
  int ring_fd() const;
  int sessions_fd() const;
  // Sums over all CPUs.
  counters ReadCounters() const;
  // Tells the programs whether the reader comes by itself.
  void SetReaderAwake(bool awake);

 private:
  // Points of a library that only old sessions need.
  struct OldSessionPoints {
    std::string path;
    uint16_t library;
    std::vector<ProbePoint> points;
  };

  // What takes note of what is received while old sessions are sought.
  bpf_program* ReceiptProgram() const;
  bpf_link* AttachProgram(bpf_program* program) const;
  void Detach();
  void AttachOldSessionPoints(const OldSessionPoints& old);
  void AttachGo(const std::string& path, uint16_t library, const std::vector<ProbePoint>& points);

  plaincap_bpf* skeleton_ = nullptr;
  // Those at functions of Go, once they are needed.
  std::optional<LaterPrograms> go_programs_;
  ProbeLinks links_;
  // From SeekOldSessions() to Settle().
  ProbeLinks old_session_links_;
  std::vector<OldSessionPoints> old_session_points_;
  // If they are better than raw tracepoints.
  std::optional<SystemCallEvents> system_call_events_;
  ConnectionSource connection_source_;
  const bool old_sessions_;
  bool skips_calls_ = false;
};

}  // namespace plaincap

#endif  // PLAINCAP_PROBES_H_
