// SPDX-License-Identifier: MIT
#include "copy-and-sum.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace plaincap {

namespace {

// The ones' complement sum of big-endian 16-bit words (RFC 1071), the last one padded with a zero.
uint16_t Sum(const uint8_t* bytes, size_t length) {
  // Words of the machine's own order: the sum of swapped words is the swapped sum (section 2B).
  constexpr size_t kLanes = 4;
  uint64_t sums[kLanes] = {};
  uint64_t words[kLanes];
  for (; length >= sizeof(words); bytes += sizeof(words), length -= sizeof(words)) {
    memcpy(words, bytes, sizeof(words));
    for (size_t i = 0; i < kLanes; i++) sums[i] += (words[i] & 0xffffffff) + (words[i] >> 32);
  }
  memset(words, 0, sizeof(words));
  memcpy(words, bytes, length);
  uint64_t sum = 0;
  for (size_t i = 0; i < kLanes; i++) sum += sums[i] + (words[i] & 0xffffffff) + (words[i] >> 32);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  const auto folded = static_cast<uint16_t>(sum);
  if constexpr (std::endian::native == std::endian::big) return folded;
  return static_cast<uint16_t>(folded << 8 | folded >> 8);
}

bool IsWithin(const Napi::Uint8Array& array, size_t start, size_t length) {
  return start <= array.ByteLength() && length <= array.ByteLength() - start;
}

}  // namespace

Napi::Value CopyAndSum(const Napi::CallbackInfo& info) {
  const auto source = info[0].As<Napi::Uint8Array>();
  const size_t start = info[1].As<Napi::Number>().Uint32Value();
  const size_t length = info[2].As<Napi::Number>().Uint32Value();
  auto target = info[3].As<Napi::Uint8Array>();
  const size_t at = info[4].As<Napi::Number>().Uint32Value();
  if (!IsWithin(source, start, length) || !IsWithin(target, at, length)) {
    throw Napi::RangeError::New(info.Env(), "bytes beyond the end of an array");
  }
  memmove(target.Data() + at, source.Data() + start, length);
  return Napi::Number::New(info.Env(), Sum(target.Data() + at, length));
}

}  // namespace plaincap
