// SPDX-License-Identifier: MIT
#include <napi.h>

#include "capture.h"
#include "clocks.h"
#include "data-items.h"
#include "elf-mentions.h"
#include "elf-symbols.h"
#include "events.h"
#include "frame-repeater.h"
#include "function-symbols.h"
#include "go-program.h"
#include "thread-hold.h"
#include "uncached-write.h"

namespace plaincap {

namespace {

// readClocks() -> {epochNs, ktimeNs}: one moment on both clocks.
Napi::Value ReadClocks(const Napi::CallbackInfo& info) {
  const Moment now = Now();
  auto result = Napi::Object::New(info.Env());
  result.Set("epochNs", Napi::BigInt::New(info.Env(), now.epoch_ns));
  result.Set("ktimeNs", Napi::BigInt::New(info.Env(), now.ktime_ns));
  return result;
}

constexpr const char* kSocketCallNames[] = {
#define X(name, text) text,
    SOCKET_CALLS(X)
#undef X
};

template <size_t kLength>
Napi::Array ToArray(Napi::Env env, const char* const (&names)[kLength]) {
  auto array = Napi::Array::New(env, kLength);
  for (uint32_t i = 0; i < kLength; i++) array.Set(i, names[i]);
  return array;
}

}  // namespace

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  exports.Set("Capture", Capture::Define(env));
  exports.Set("FrameRepeater", FrameRepeater::Define(env));
  exports.Set("readSymbols", Napi::Function::New(env, ReadSymbols, "readSymbols"));
  exports.Set("mentions", Napi::Function::New(env, Mentions, "mentions"));
  exports.Set("readGoProgram", Napi::Function::New(env, ReadGoProgram, "readGoProgram"));
  exports.Set("readClocks", Napi::Function::New(env, ReadClocks, "readClocks"));
  exports.Set("decodeDataItems", Napi::Function::New(env, DecodeDataItems, "decodeDataItems"));
  exports.Set("holdChild", Napi::Function::New(env, HoldChild, "holdChild"));
  exports.Set("releaseChild", Napi::Function::New(env, ReleaseChild, "releaseChild"));
  exports.Set("writeUncached", Napi::Function::New(env, WriteUncached, "writeUncached"));
  exports.Set("functionNames", ToArray(env, kFunctionSymbols));
  exports.Set("socketCallNames", ToArray(env, kSocketCallNames));
  exports.Set("callMaxBytes", Napi::Number::New(env, CALL_MAX_BYTES));
  return exports;
}

NODE_API_MODULE(plaincap, Initialize)

}  // namespace plaincap
