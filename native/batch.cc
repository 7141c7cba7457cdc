// SPDX-License-Identifier: MIT
#include "batch.h"

#include <cstring>

namespace plaincap {

namespace {

template <typename T>
T* AddColumn(Napi::Env env, Napi::Object columns, const char* name, size_t length) {
  auto array = Napi::TypedArrayOf<T>::New(env, length);
  columns.Set(name, array);
  return array.Data();
}

}  // namespace

Batch::Batch(Napi::Env env, uint64_t start_ktime) : start_ktime_(start_ktime) {
  auto columns = Napi::Object::New(env);
  is_data_ = AddColumn<uint8_t>(env, columns, "isData", kRows);
  ktime_ns_ = AddColumn<double>(env, columns, "ktimeNs", kRows);
  duration_ns_ = AddColumn<double>(env, columns, "durationNs", kRows);
  session_ = AddColumn<double>(env, columns, "session", kRows);
  position_ = AddColumn<double>(env, columns, "position", kRows);
  call_offset_ = AddColumn<double>(env, columns, "callOffset", kRows);
  original_length_ = AddColumn<double>(env, columns, "originalLength", kRows);
  pid_ = AddColumn<uint32_t>(env, columns, "pid", kRows);
  tid_ = AddColumn<uint32_t>(env, columns, "tid", kRows);
  payload_start_ = AddColumn<uint32_t>(env, columns, "payloadStart", kRows);
  captured_length_ = AddColumn<uint32_t>(env, columns, "capturedLength", kRows);
  direction_ = AddColumn<uint8_t>(env, columns, "direction", kRows);
  function_ = AddColumn<uint8_t>(env, columns, "function", kRows);
  payload_ = AddColumn<uint8_t>(env, columns, "payload", kPayloadBytes);
  columns_ = Napi::Persistent(columns);
  Clear(env);
}

void Batch::Clear(Napi::Env env) {
  rows_ = 0;
  payload_used_ = 0;
  if (!objects_.IsEmpty() && objects_.Value().Length() == 0) return;
  auto objects = Napi::Array::New(env);
  objects_ = Napi::Persistent(objects);
  columns_.Set("objects", objects);
}

void Batch::AddData(const data_record& record) {
  const size_t row = rows_++;
  is_data_[row] = 1;
  ktime_ns_[row] = static_cast<double>(static_cast<int64_t>(record.header.ktime - start_ktime_));
  duration_ns_[row] = static_cast<double>(record.duration);
  session_[row] = static_cast<double>(record.session);
  position_[row] = static_cast<double>(record.position);
  call_offset_[row] = static_cast<double>(record.call_offset);
  original_length_[row] = static_cast<double>(record.original_length);
  pid_[row] = record.header.tgid;
  tid_[row] = record.tid;
  direction_[row] = record.direction;
  function_[row] = record.function;
  payload_start_[row] = static_cast<uint32_t>(payload_used_);
  captured_length_[row] = record.captured_length;
  memcpy(payload_ + payload_used_, record.payload, record.captured_length);
  payload_used_ += record.captured_length;
}

void Batch::AddObject(Napi::Object event) {
  is_data_[rows_++] = 0;
  Napi::Array objects = objects_.Value();
  objects.Set(objects.Length(), event);
}

}  // namespace plaincap
