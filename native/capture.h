// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_CAPTURE_H_
#define PLAINCAP_CAPTURE_H_

#include <napi.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "batch.h"
#include "decode.h"
#include "mapping-watcher.h"
#include "listeners.h"
#include "probes.h"
#include "ring-waker.h"
#include "session-table.h"

struct ring_buffer;

namespace plaincap {

// The JavaScript class Capture: src/capture/addon.ts has its contract.
class Capture : public Napi::ObjectWrap<Capture> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit Capture(const Napi::CallbackInfo& info);
  ~Capture() override;
  // Detaches and frees all; what is called afterwards throws.
  void Close();

 private:
  Napi::Value ConnectionSource(const Napi::CallbackInfo& info);
  Napi::Value SkipsCalls(const Napi::CallbackInfo& info);
  Napi::Value Columns(const Napi::CallbackInfo& info);
  void Watch(const Napi::CallbackInfo& info);
  void Exclude(const Napi::CallbackInfo& info);
  void Attach(const Napi::CallbackInfo& info);
  void LoadGoPrograms(const Napi::CallbackInfo& info);
  void SeekOldSessions(const Napi::CallbackInfo& info);
  void Settle(const Napi::CallbackInfo& info);
  void Stop(const Napi::CallbackInfo& info);
  void WatchMappings(const Napi::CallbackInfo& info);
  Napi::Value TakeMappings(const Napi::CallbackInfo& info);
  void ReleaseThread(const Napi::CallbackInfo& info);
  void ForgetMapping(const Napi::CallbackInfo& info);
  Napi::Value IsWatched(const Napi::CallbackInfo& info);
  Napi::Value Drain(const Napi::CallbackInfo& info);
  Napi::Value IsBehind(const Napi::CallbackInfo& info);
  Napi::Value Sleep(const Napi::CallbackInfo& info);
  Napi::Value EndSessions(const Napi::CallbackInfo& info);
  Napi::Value Statistics(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info) {
    (void)info;
    Close();
  }

  void RequireOpen(Napi::Env env) const;
  bool TakeRecord(const void* data);
  void AddEnd(const session_end_record& record);
  void AddPendingEnds();

  std::unique_ptr<Probes> probes_;
  std::unique_ptr<SessionTable> sessions_;
  std::unique_ptr<Batch> batch_;
  Listeners listeners_;
  std::unique_ptr<EventDecoder> decoder_;
  std::unique_ptr<RingWaker> waker_;
  std::unique_ptr<MappingWatcher> mappings_;
  ring_buffer* ring_ = nullptr;
  // Ends of many sessions at once may not fit into one batch.
  std::deque<session_end_record> pending_ends_;
  std::vector<std::string> libraries_;
  bool old_sessions_ = false;
};

}  // namespace plaincap

#endif  // PLAINCAP_CAPTURE_H_
