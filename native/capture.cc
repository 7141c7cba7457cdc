// SPDX-License-Identifier: MIT
#include "capture.h"

#include <bpf/libbpf.h>
#include <unistd.h>

#include "bpf-log.h"
#include "clocks.h"

namespace plaincap {

namespace {

// What the kernel refuses is an error of JavaScript.
template <typename Action>
void Try(Napi::Env env, Action action) {
  try {
    action();
  } catch (const ProbeError& error) {
    throw Napi::Error::New(env, error.what());
  }
}

void CloseAtExit(void* capture) { static_cast<Capture*>(capture)->Close(); }

}  // namespace

Napi::Function Capture::Define(Napi::Env env) {
  return DefineClass(env, "Capture",
                     {
                         InstanceAccessor<&Capture::ConnectionSource>("connectionSource"),
                         InstanceAccessor<&Capture::SkipsCalls>("skipsCalls"),
                         InstanceAccessor<&Capture::Columns>("columns"),
                         InstanceAccessor<&Capture::IsBehind>("isBehind"),
                         InstanceMethod<&Capture::Watch>("watch"),
                         InstanceMethod<&Capture::IsWatched>("isWatched"),
                         InstanceMethod<&Capture::Exclude>("exclude"),
                         InstanceMethod<&Capture::Attach>("attach"),
                         InstanceMethod<&Capture::WatchMappings>("watchMappings"),
                         InstanceMethod<&Capture::TakeMappings>("takeMappings"),
                         InstanceMethod<&Capture::ReleaseThread>("releaseThread"),
                         InstanceMethod<&Capture::ForgetMapping>("forgetMapping"),
                         InstanceMethod<&Capture::LoadGoPrograms>("loadGoPrograms"),
                         InstanceMethod<&Capture::SeekOldSessions>("seekOldSessions"),
                         InstanceMethod<&Capture::Settle>("settle"),
                         InstanceMethod<&Capture::Stop>("stop"),
                         InstanceMethod<&Capture::Drain>("drain"),
                         InstanceMethod<&Capture::Sleep>("sleep"),
                         InstanceMethod<&Capture::EndSessions>("endSessions"),
                         InstanceMethod<&Capture::Statistics>("statistics"),
                         InstanceMethod<&Capture::Close>("close"),
                     });
}

Capture::Capture(const Napi::CallbackInfo& info) : Napi::ObjectWrap<Capture>(info) {
  Napi::Env env = info.Env();
  const auto options = info[0].As<Napi::Object>();
  const auto wake = info[1].As<Napi::Function>();
  bool lossless = true;
  const uint64_t start_ktime =
      options.Get("startKtimeNs").As<Napi::BigInt>().Uint64Value(&lossless);
  old_sessions_ = options.Get("oldSessions").As<Napi::Boolean>();
  const bool watch_all = options.Get("watchAll").As<Napi::Boolean>();
  if (old_sessions_ && watch_all) listeners_.ReadAll();
  Try(env, [&] {
    probes_ = std::make_unique<Probes>(ProbeOptions{
        .ring_bytes = options.Get("ringBytes").As<Napi::Number>().Uint32Value(),
        .snaplen = options.Get("snaplen").As<Napi::Number>().Uint32Value(),
        .own_tgid = static_cast<uint32_t>(getpid()),
        .watch_all = watch_all,
        .use_kprobes = options.Get("useKprobes").As<Napi::Boolean>(),
        .old_sessions = old_sessions_,
        .plain = options.Get("plain").As<Napi::Boolean>(),
        .filters = ReadFilterOptions(options.Get("filters")),
    });
  });
  sessions_ = std::make_unique<SessionTable>(probes_->sessions_fd());
  batch_ = std::make_unique<Batch>(env, start_ktime);
  decoder_ = std::make_unique<EventDecoder>(env, start_ktime, &listeners_);
  ring_ = ring_buffer__new(
      probes_->ring_fd(),
      [](void* capture, void* data, size_t) {
        // A negative result ends the round; this record is taken all the same.
        return static_cast<Capture*>(capture)->TakeRecord(data) ? 0 : -1;
      },
      this, nullptr);
  if (ring_ == nullptr) throw Napi::Error::New(env, "mapping the ring buffer failed");
  waker_ = std::make_unique<RingWaker>(env, probes_->ring_fd(), wake);
  // A worker or a process may end without close(). Hooks run last in, first out: before the
  // waker's own.
  napi_add_env_cleanup_hook(env, CloseAtExit, this);
}

Capture::~Capture() {
  napi_remove_env_cleanup_hook(Env(), CloseAtExit, this);
  Close();
}

void Capture::Close() {
  mappings_.reset();
  waker_.reset();
  if (ring_ != nullptr) ring_buffer__free(ring_);
  ring_ = nullptr;
  batch_.reset();
  decoder_.reset();
  sessions_.reset();
  probes_.reset();
}

void Capture::RequireOpen(Napi::Env env) const {
  if (probes_ == nullptr) throw Napi::Error::New(env, "the capture is closed");
}

Napi::Value Capture::ConnectionSource(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  // In the order of the enum.
  constexpr const char* kNames[] = {"kprobe", "tracepoint", "syscall"};
  return Napi::String::New(info.Env(), kNames[static_cast<int>(probes_->connection_source())]);
}

Napi::Value Capture::SkipsCalls(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  return Napi::Boolean::New(info.Env(), probes_->skips_calls());
}

Napi::Value Capture::Columns(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  return batch_->ToJavaScript();
}

void Capture::Watch(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  const uint32_t tgid = info[0].As<Napi::Number>().Uint32Value();
  const std::string how = info[1].As<Napi::String>();
  if (old_sessions_) listeners_.Read(tgid);
  Try(info.Env(), [&] {
    probes_->SetWatch(tgid, how == "alone"  ? WATCHED_ALONE
                            : how == "ours" ? WATCHED_OURS
                                            : WATCHED);
  });
}

void Capture::Exclude(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  Try(info.Env(),
      [&] { probes_->SetWatch(info[0].As<Napi::Number>().Uint32Value(), WATCH_NEVER); });
}

Napi::Value Capture::IsWatched(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  const bool is_watched = probes_->IsWatched(info[0].As<Napi::Number>().Uint32Value());
  return Napi::Boolean::New(info.Env(), is_watched);
}

void Capture::WatchMappings(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  const int watched_fd = probes_->watches_all() ? -1 : probes_->watched_fd();
  const uint32_t child_tgid = info[0].As<Napi::Number>().Uint32Value();
  const auto wake = info[1].As<Napi::Function>();
  mappings_ = std::make_unique<MappingWatcher>(info.Env(), watched_fd, child_tgid, wake);
}

Napi::Value Capture::TakeMappings(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  auto result = Napi::Object::New(env);
  auto list = Napi::Array::New(env);
  MappingWatcher::News news = {};
  if (mappings_ != nullptr) news = mappings_->Take();
  for (const Mapping& mapping : news.mappings) {
    auto object = Napi::Object::New(env);
    object.Set("pid", mapping.tgid);
    object.Set("tid", mapping.tid);
    object.Set("start", Napi::BigInt::New(env, mapping.start));
    object.Set("end", Napi::BigInt::New(env, mapping.end));
    object.Set("inode", Napi::BigInt::New(env, mapping.inode));
    object.Set("name", mapping.name);
    object.Set("file", mapping.file);
    object.Set("held", mapping.held);
    list.Set(list.Length(), object);
  }
  result.Set("mappings", list);
  result.Set("missed", news.missed);
  return result;
}

void Capture::ReleaseThread(const Napi::CallbackInfo& info) {
  if (mappings_ != nullptr) mappings_->Release(info[0].As<Napi::Number>().Uint32Value());
}

void Capture::ForgetMapping(const Napi::CallbackInfo& info) {
  if (mappings_ != nullptr) mappings_->Forget(info[0].As<Napi::String>());
}

void Capture::Attach(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  const auto path = info[0].As<Napi::String>().Utf8Value();
  const auto name = info[1].As<Napi::String>().Utf8Value();
  const auto list = info[2].As<Napi::Array>();
  std::vector<ProbePoint> points;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto point = list.Get(i).As<Napi::Object>();
    points.push_back({
        .function =
            static_cast<probed_function>(point.Get("function").As<Napi::Number>().Uint32Value()),
        .file_offset = static_cast<uint64_t>(point.Get("offset").As<Napi::Number>().Int64Value()),
        .is_return_instruction = point.Get("isReturnInstruction").As<Napi::Boolean>(),
        .return_distance = point.Get("returnDistance").As<Napi::Number>().Int32Value(),
    });
  }
  const bool has_old_sessions = info[3].ToBoolean();
  // The cookie of a probe has 16 bits for it.
  if (libraries_.size() > UINT16_MAX) throw Napi::Error::New(info.Env(), "too many libraries");
  libraries_.push_back(name);
  Try(info.Env(), [&] {
    probes_->Attach(path, static_cast<uint16_t>(libraries_.size() - 1), points, has_old_sessions);
  });
}

void Capture::LoadGoPrograms(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  Try(info.Env(), [&] { probes_->LoadGoPrograms(); });
}

void Capture::SeekOldSessions(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  Try(info.Env(), [&] { probes_->SeekOldSessions(); });
}

void Capture::Settle(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  probes_->Settle();
}

void Capture::Stop(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  probes_->Stop();
}

Napi::Value Capture::Drain(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  RequireOpen(env);
  probes_->SetReaderAwake(true);
  batch_->Clear(env);
  AddPendingEnds();
  if (batch_->HasRoom()) ring_buffer__consume(ring_);
  return Napi::Number::New(env, static_cast<double>(batch_->rows()));
}

Napi::Value Capture::IsBehind(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  return Napi::Boolean::New(info.Env(), !batch_->HasRoom());
}

Napi::Value Capture::Sleep(const Napi::CallbackInfo& info) {
  RequireOpen(info.Env());
  probes_->SetReaderAwake(false);
  const bool empty = ring__avail_data_size(ring_buffer__ring(ring_, 0)) == 0;
  return Napi::Boolean::New(info.Env(), empty);
}

Napi::Value Capture::EndSessions(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  RequireOpen(env);
  sessions_->EndAll(Now().ktime_ns,
                    [this](const session_end_record& record) { pending_ends_.push_back(record); });
  batch_->Clear(env);
  AddPendingEnds();
  return Napi::Number::New(env, static_cast<double>(batch_->rows()));
}

Napi::Value Capture::Statistics(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  RequireOpen(env);
  return decoder_->Decode(probes_->ReadCounters(), Now().ktime_ns);
}

void Capture::AddEnd(const session_end_record& record) {
  if (record.failed.ktime != 0) batch_->AddObject(decoder_->DecodeFailure(record));
  batch_->AddObject(decoder_->Decode(record));
}

void Capture::AddPendingEnds() {
  while (!pending_ends_.empty() && batch_->HasRoom()) {
    AddEnd(pending_ends_.front());
    pending_ends_.pop_front();
  }
}

// False when the batch is full.
bool Capture::TakeRecord(const void* data) {
  const auto& header = *static_cast<const record_header*>(data);
  switch (header.kind) {
    case RECORD_DATA:
      batch_->AddData(*static_cast<const data_record*>(data));
      break;
    case RECORD_PROCESS:
      batch_->AddObject(decoder_->Decode(*static_cast<const process_record*>(data)));
      break;
    case RECORD_CONNECTION:
      batch_->AddObject(decoder_->Decode(*static_cast<const connection_record*>(data)));
      break;
    case RECORD_SESSION: {
      const auto& record = *static_cast<const session_record*>(data);
      const bool is_plain = record.library == NO_LIBRARY;
      sessions_->Add(record);
      batch_->AddObject(decoder_->Decode(record, is_plain ? "" : libraries_.at(record.library)));
      break;
    }
    case RECORD_SESSION_END: {
      const auto& record = *static_cast<const session_end_record*>(data);
      sessions_->Remove(header.tgid, record.session);
      AddEnd(record);
      break;
    }
    case RECORD_CLOSE:
      batch_->AddObject(decoder_->Decode(*static_cast<const close_record*>(data)));
      break;
    case RECORD_HELLO:
      batch_->AddObject(decoder_->Decode(*static_cast<const hello_record*>(data)));
      break;
    case RECORD_HANDSHAKE:
      batch_->AddObject(decoder_->Decode(*static_cast<const handshake_record*>(data)));
      break;
    case RECORD_ALPN:
      batch_->AddObject(decoder_->Decode(*static_cast<const alpn_record*>(data)));
      break;
    case RECORD_EXIT:
      sessions_->EndProcess(header.tgid, header.ktime, [this](const session_end_record& record) {
        pending_ends_.push_back(record);
      });
      AddPendingEnds();
      break;
  }
  return batch_->HasRoom();
}

}  // namespace plaincap
