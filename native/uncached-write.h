// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_UNCACHED_WRITE_H_
#define PLAINCAP_UNCACHED_WRITE_H_

#include <napi.h>

namespace plaincap {

// writeUncached(descriptor, bytes, offset, position, done): src/sink/uncached-write.ts has what
// JavaScript sees.
void WriteUncached(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_UNCACHED_WRITE_H_
