// SPDX-License-Identifier: MIT
#include "uncached-write.h"

#include <sys/uio.h>

#include <cerrno>

#include "kernel-features.h"

#ifndef RWF_DONTCACHE
#define RWF_DONTCACHE 0x00000080  // uapi/linux/fs.h
#endif

namespace plaincap {

namespace {

// On a thread of libuv's pool, as fs.write().
class Worker : public Napi::AsyncWorker {
 public:
  Worker(int descriptor, Napi::Uint8Array bytes, size_t offset, int64_t position,
         Napi::Function done)
      : AsyncWorker(done, "plaincap write"),
        descriptor_(descriptor),
        part_{bytes.Data() + offset, bytes.ByteLength() - offset},
        position_(position) {
    Receiver().Set("bytes", bytes);  // alive until it is written
  }

  void Execute() override {
    static const bool has_flag = HasUncachedWrites();
    if (!has_flag) return;
    result_ = pwritev2(descriptor_, &part_, 1, position_, RWF_DONTCACHE);
    if (result_ < 0) result_ = -errno;
  }

  std::vector<napi_value> GetResult(Napi::Env env) override {
    return {Napi::Number::New(env, static_cast<double>(result_))};
  }

 private:
  int descriptor_;
  iovec part_;
  int64_t position_;
  ssize_t result_ = -EOPNOTSUPP;
};

}  // namespace

void WriteUncached(const Napi::CallbackInfo& info) {
  const auto bytes = info[1].As<Napi::Uint8Array>();
  const size_t offset = info[2].As<Napi::Number>().Int64Value();
  if (offset > bytes.ByteLength()) throw Napi::RangeError::New(info.Env(), "offset out of range");
  (new Worker(info[0].As<Napi::Number>().Int32Value(), bytes, offset,
              info[3].As<Napi::Number>().Int64Value(), info[4].As<Napi::Function>()))
      ->Queue();
}

}  // namespace plaincap
