// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_DECODE_H_
#define PLAINCAP_DECODE_H_

#include <napi.h>

#include <string>

#include "events.h"
#include "listeners.h"

namespace plaincap {

// Makes the event objects of src/event.ts from the kernel's records: all but data events, which
// travel in the columns of a Batch.
class EventDecoder {
 public:
  // `start_ktime`: what JavaScript counts its ktimeNs from. `listeners` outlives the decoder.
  EventDecoder(Napi::Env env, uint64_t start_ktime, Listeners* listeners)
      : env_(env), start_ktime_(start_ktime), listeners_(listeners) {}

  Napi::Object Decode(const process_record& record) const;
  Napi::Object Decode(const connection_record& record);
  Napi::Object Decode(const session_record& record, const std::string& library) const;
  Napi::Object Decode(const session_end_record& record) const;
  Napi::Object Decode(const close_record& record) const;
  // Parts of a handshake: src/native/addon.ts has them.
  Napi::Object Decode(const hello_record& record) const;
  Napi::Object Decode(const handshake_record& record) const;
  Napi::Object DecodeFailure(const session_end_record& record) const;
  Napi::Object Decode(const alpn_record& record) const;
  // A statistics event.
  Napi::Object Decode(const counters& sum, uint64_t ktime) const;

 private:
  // As events have it: since the capture's start.
  double KtimeNs(uint64_t ktime) const;
  Napi::Object NewEvent(const char* kind, uint64_t ktime) const;

  Napi::Env env_;
  uint64_t start_ktime_;
  Listeners* listeners_;
};

}  // namespace plaincap

#endif  // PLAINCAP_DECODE_H_
