// SPDX-License-Identifier: MIT
#include "decode.h"

#include <limits.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "function-symbols.h"

namespace plaincap {

namespace {

constexpr const char* kRoles[] = {"unknown", "client", "server"};
constexpr const char* kEvidence[] = {"none", "nested", "set-fd", "fingerprint", "socket"};
constexpr const char* kCauses[] = {"fin", "rst"};
constexpr const char* kSides[] = {"local", "remote"};
constexpr const char* kLossReasons[] = {
#define X(name, text) text,
    LOSS_REASONS(X)
#undef X
};

// Where /proc says the program of a process is; empty when the process is gone.
std::string ReadExe(uint32_t tgid) {
  char path[PATH_MAX];
  const std::string link = "/proc/" + std::to_string(tgid) + "/exe";
  const ssize_t length = readlink(link.c_str(), path, sizeof(path));
  return length < 0 ? "" : std::string(path, static_cast<size_t>(length));
}

Napi::Value CopyBytes(Napi::Env env, const uint8_t* bytes, size_t length) {
  auto copy = Napi::Uint8Array::New(env, length);
  memcpy(copy.Data(), bytes, length);
  return copy;
}

}  // namespace

double EventDecoder::KtimeNs(uint64_t ktime) const {
  return static_cast<double>(static_cast<int64_t>(ktime - start_ktime_));
}

Napi::Object EventDecoder::NewEvent(const char* kind, uint64_t ktime) const {
  auto event = Napi::Object::New(env_);
  event.Set("kind", kind);
  event.Set("ktimeNs", KtimeNs(ktime));
  return event;
}

Napi::Object EventDecoder::Decode(const process_record& record) const {
  auto event = NewEvent("process", record.header.ktime);
  event.Set("pid", record.header.tgid);
  event.Set("comm", std::string(record.comm, strnlen(record.comm, COMM_BYTES)));
  event.Set("exe", ReadExe(record.header.tgid));
  event.Set("uid", record.uid);
  return event;
}

Napi::Object EventDecoder::Decode(const connection_record& record) {
  auto event = NewEvent("connection", record.header.ktime);
  event.Set("connection", static_cast<double>(record.connection));
  event.Set("localAddress", CopyBytes(env_, record.local_address, record.address_length));
  event.Set("remoteAddress", CopyBytes(env_, record.remote_address, record.address_length));
  event.Set("localPort", record.local_port);
  event.Set("remotePort", record.remote_port);
  const role known = static_cast<role>(record.role);
  event.Set("role",
            kRoles[known != ROLE_UNKNOWN
                       ? known
                       : listeners_->RoleOf(record.netns, record.header.tgid, record.local_port)]);
  event.Set("netns", record.netns);
  event.Set("seenOpening", record.seen_opening != 0);
  if (record.excluded != 0) event.Set("excluded", true);
  return event;
}

Napi::Object EventDecoder::Decode(const session_record& record, const std::string& library) const {
  auto event = NewEvent("session", record.header.ktime);
  event.Set("session", static_cast<double>(record.session));
  event.Set("pid", record.header.tgid);
  event.Set("protocol", record.library == NO_LIBRARY ? "plain" : "tls");
  event.Set("library", library);
  event.Set("connection", static_cast<double>(record.connection));
  event.Set("evidence", kEvidence[record.evidence]);
  return event;
}

Napi::Object EventDecoder::Decode(const session_end_record& record) const {
  auto event = NewEvent("session-end", record.header.ktime);
  event.Set("session", static_cast<double>(record.session));
  event.Set("readPosition", static_cast<double>(record.position[DIRECTION_READ]));
  event.Set("writePosition", static_cast<double>(record.position[DIRECTION_WRITE]));
  return event;
}

Napi::Object EventDecoder::Decode(const close_record& record) const {
  auto event = NewEvent("close", record.header.ktime);
  event.Set("connection", static_cast<double>(record.connection));
  event.Set("cause", kCauses[record.cause]);
  event.Set("by", kSides[record.by]);
  event.Set("readable", record.readable != 0);
  const bool has_fin = record.fin_seen != 0;
  event.Set("finBy", has_fin ? kSides[record.fin_seen - 1] : "none");
  event.Set("finKtimeNs", KtimeNs(has_fin ? record.fin_ktime : record.header.ktime));
  return event;
}

Napi::Object EventDecoder::Decode(const hello_record& record) const {
  auto part = NewEvent("hello", record.header.ktime);
  part.Set("session", static_cast<double>(record.session));
  part.Set("direction", record.direction == DIRECTION_WRITE ? "write" : "read");
  part.Set("offset", record.offset);
  part.Set("bytes", CopyBytes(env_, record.bytes, record.length));
  return part;
}

Napi::Object EventDecoder::Decode(const handshake_record& record) const {
  auto part = NewEvent("handshake-end", record.header.ktime);
  part.Set("durationNs", static_cast<double>(record.duration));
  part.Set("session", static_cast<double>(record.session));
  part.Set("pid", record.header.tgid);
  part.Set("tid", record.tid);
  part.Set("function", kFunctionSymbols[record.function]);
  return part;
}

Napi::Object EventDecoder::DecodeFailure(const session_end_record& record) const {
  auto part = NewEvent("handshake-failed", record.failed.ktime);
  part.Set("durationNs", static_cast<double>(record.failed.duration));
  part.Set("session", static_cast<double>(record.session));
  part.Set("pid", record.header.tgid);
  part.Set("tid", record.failed.tid);
  part.Set("function", kFunctionSymbols[record.failed.function]);
  return part;
}

Napi::Object EventDecoder::Decode(const alpn_record& record) const {
  auto part = NewEvent("alpn", record.header.ktime);
  part.Set("session", static_cast<double>(record.session));
  part.Set("protocol", CopyBytes(env_, record.bytes, record.length));
  return part;
}

Napi::Object EventDecoder::Decode(const counters& sum, uint64_t ktime) const {
  auto lost = Napi::Array::New(env_);
  for (int i = 0; i < LOSS_REASON_COUNT; i++) {
    if (sum.lost[i].calls == 0) continue;
    auto count = Napi::Object::New(env_);
    count.Set("reason", kLossReasons[i]);
    count.Set("calls", static_cast<double>(sum.lost[i].calls));
    count.Set("bytes", static_cast<double>(sum.lost[i].bytes));
    lost.Set(lost.Length(), count);
  }
  auto event = NewEvent("statistics", ktime);
  event.Set("calls", static_cast<double>(sum.calls));
  event.Set("bytes", static_cast<double>(sum.bytes));
  event.Set("lost", lost);
  event.Set("contradictions", static_cast<double>(sum.contradictions));
  return event;
}

}  // namespace plaincap
