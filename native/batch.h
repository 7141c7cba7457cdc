// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_BATCH_H_
#define PLAINCAP_BATCH_H_

#include <napi.h>

#include "events.h"

namespace plaincap {

// A run of events on its way to JavaScript: a row an event. Data events are numbers in columns
// (typed arrays that are made once and filled again and again) and bytes in one payload buffer;
// all other events are rare, and are objects as src/event.ts has them.
class Batch {
 public:
  static constexpr size_t kRows = 8192;
  static constexpr size_t kPayloadBytes = 1 << 20;

  // `start_ktime`: as in EventDecoder.
  Batch(Napi::Env env, uint64_t start_ktime);

  // The columns, as an object {isData, ktimeNs, …, payload}, and `objects` for the rows where
  // isData is 0, in order.
  Napi::Object ToJavaScript() const { return columns_.Value(); }

  void Clear(Napi::Env env);
  // False if the next record might not fit, which is two rows at most.
  bool HasRoom() const {
    return rows_ + 2 <= kRows && payload_used_ + CHUNK_MAX_BYTES <= kPayloadBytes;
  }
  size_t rows() const { return rows_; }

  void AddData(const data_record& record);
  void AddObject(Napi::Object event);

 private:
  uint64_t start_ktime_;
  size_t rows_ = 0;
  size_t payload_used_ = 0;
  Napi::ObjectReference columns_;
  Napi::Reference<Napi::Array> objects_;
  uint8_t* is_data_;
  double* ktime_ns_;
  double* duration_ns_;
  double* session_;
  double* position_;
  double* call_offset_;
  double* original_length_;
  uint32_t* pid_;
  uint32_t* tid_;
  uint32_t* payload_start_;
  uint32_t* captured_length_;
  uint8_t* direction_;
  uint8_t* function_;
  uint8_t* payload_;
};

}  // namespace plaincap

#endif  // PLAINCAP_BATCH_H_
