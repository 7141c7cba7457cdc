// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_COPY_AND_SUM_H_
#define PLAINCAP_COPY_AND_SUM_H_

#include <napi.h>

namespace plaincap {

// copyAndSum(source, start, length, target, at) -> sum
//
// Copies bytes between two Uint8Arrays, and returns their sum as src/tcp/checksum.ts has it. Throws
// a RangeError for bytes that are in neither.
Napi::Value CopyAndSum(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_COPY_AND_SUM_H_
