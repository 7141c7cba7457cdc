// SPDX-License-Identifier: MIT
#include "frame-repeater.h"

#include <bit>
#include <cstring>

namespace plaincap {

namespace {

// Of `fields`, in the order of FIELD in src/tcp/frame-repeater.ts.
enum Field {
  kSlot,
  kFrameAt,
  kHeadLength,
  kSuffixLength,
  kStart,
  kLength,
  kSequence,
  kAcknowledgment,
  kIdentification,
  kFieldCount
};

constexpr size_t kEthernetHeaderLength = 14;
constexpr size_t kIpv4HeaderLength = 20;
constexpr size_t kIpv6HeaderLength = 40;
constexpr size_t kTcpHeaderLength = 20;
constexpr uint32_t kProtocolTcp = 6;

// The sum of 16 bits from an addition of words (RFC 1071, 1).
uint16_t Fold(uint64_t total) {
  while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
  return static_cast<uint16_t>(total);
}

// The sum of what stands at an odd offset (RFC 1071, 2B).
uint16_t SwapBytes(uint16_t sum) { return static_cast<uint16_t>(sum << 8 | sum >> 8); }

// The addition of big-endian 16-bit words, folded into 16 bits; an odd last byte has a zero behind.
uint32_t Sum(const uint8_t* bytes, size_t length) {
  // Words of the machine's own order: the sum of swapped words is the swapped sum (RFC 1071, 2B).
  static_assert(std::endian::native == std::endian::little);
  uint64_t lower[2] = {};
  uint64_t upper[2] = {};
  for (; length >= 16; bytes += 16, length -= 16) {
    uint64_t words[2];
    memcpy(words, bytes, sizeof(words));
    for (size_t i = 0; i < 2; i++) {
      lower[i] += words[i] & 0xffffffff;
      upper[i] += words[i] >> 32;
    }
  }
  uint64_t sum = lower[0] + lower[1] + upper[0] + upper[1];
  for (size_t i = 0; i < length; i++) sum += static_cast<uint64_t>(bytes[i]) << (i % 2 * 8);
  return SwapBytes(Fold(sum));
}

uint32_t SumOfHalves(uint32_t word) { return (word >> 16) + (word & 0xffff); }

uint16_t Checksum(uint32_t total) { return static_cast<uint16_t>(~Fold(total)); }

void Store16(uint8_t* at, uint32_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

void Store32(uint8_t* at, uint32_t value) {
  Store16(at, value >> 16);
  Store16(at + 2, value);
}

}  // namespace

void FrameRepeater::Bytes::Set(Napi::Uint8Array from) {
  array = Napi::Persistent(from);
  data = from.Data();
  length = from.ByteLength();
}

Napi::Function FrameRepeater::Define(Napi::Env env) {
  return DefineClass(env, "FrameRepeater",
                     {
                         InstanceAccessor<&FrameRepeater::Fields>("fields"),
                         InstanceMethod<&FrameRepeater::SetSource>("setSource"),
                         InstanceMethod<&FrameRepeater::SetTarget>("setTarget"),
                         InstanceMethod<&FrameRepeater::Learn>("learn"),
                     });
}

FrameRepeater::FrameRepeater(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<FrameRepeater>(info),
      fields_(Napi::Persistent(Napi::Int32Array::New(info.Env(), kFieldCount))),
      values_(fields_.Value().Data()) {
  // A method would find its object by a private property, which takes as long as all that it does.
  auto repeat = Napi::Function::New<Repeat>(info.Env(), "repeat", this);
  repeat.Set("owner", info.This());
  info.This().As<Napi::Object>().Set("repeat", repeat);
}

void FrameRepeater::Learn(const Napi::CallbackInfo& info) {
  const auto slot = static_cast<uint32_t>(values_[kSlot]);
  const auto at = static_cast<uint32_t>(values_[kFrameAt]);
  const auto length = static_cast<uint32_t>(values_[kHeadLength]);
  const bool is_ipv4 = target_.Has(at, kEthernetHeaderLength + 1) &&
                       target_.data[at + kEthernetHeaderLength] >> 4 == 4;
  const size_t ip_header_length = is_ipv4 ? kIpv4HeaderLength : kIpv6HeaderLength;
  if (slot > templates_.size() || length > kHeadBytesMax || !target_.Has(at, length) ||
      length < kEthernetHeaderLength + ip_header_length + kTcpHeaderLength) {
    throw Napi::RangeError::New(info.Env(), "no head of a frame");
  }
  if (slot == templates_.size()) templates_.emplace_back();
  Template& learned = templates_[slot];
  memcpy(learned.head.data(), target_.data + at, length);
  learned.head_length = static_cast<uint8_t>(length);
  learned.ip_header_length = static_cast<uint8_t>(ip_header_length);
  learned.suffix_length = static_cast<uint8_t>(values_[kSuffixLength]);
  uint8_t* ip = learned.head.data() + kEthernetHeaderLength;
  uint8_t* tcp = ip + ip_header_length;
  uint8_t* data = learned.head.data() + length;
  memset(tcp + 4, 0, 8);
  Store16(tcp + 16, 0);
  learned.has_prefix = data > tcp + kTcpHeaderLength;
  if (learned.has_prefix) Store16(data - 2, 0);
  learned.is_data_odd = (data - tcp) % 2 != 0;
  learned.tcp_sum = Sum(tcp, data - tcp) + kProtocolTcp;
  if (is_ipv4) {
    Store16(ip + 2, 0);
    Store16(ip + 4, 0);
    Store16(ip + 10, 0);
    learned.ip_sum = Sum(ip, kIpv4HeaderLength);
    learned.tcp_sum += Sum(ip + 12, 8);
  } else {
    learned.tcp_sum += Sum(ip + 8, 32);
  }
}

void FrameRepeater::Repeat(const Napi::CallbackInfo& info) {
  static_cast<const FrameRepeater*>(info.Data())->Repeat(info.Env());
}

void FrameRepeater::Repeat(Napi::Env env) const {
  const auto slot = static_cast<uint32_t>(values_[kSlot]);
  const auto at = static_cast<uint32_t>(values_[kFrameAt]);
  const auto start = static_cast<uint32_t>(values_[kStart]);
  const auto length = static_cast<uint32_t>(values_[kLength]);
  if (slot >= templates_.size() || !source_.Has(start, length)) {
    throw Napi::RangeError::New(env, "bytes beyond the end of an array");
  }
  const Template& like = templates_[slot];
  const uint32_t behind = length + like.suffix_length;
  const size_t frame_length = like.head_length + behind;
  if (!target_.Has(at, frame_length)) {
    throw Napi::RangeError::New(env, "bytes beyond the end of an array");
  }
  uint8_t* frame = target_.data + at;
  uint8_t* data = frame + like.head_length;
  // A length that the compiler knows takes no `rep movs`, which begins slowly.
  if (frame_length >= kHeadBytesMax) {
    memcpy(frame, like.head.data(), kHeadBytesMax);
  } else {
    memcpy(frame, like.head.data(), like.head_length);
  }
  memcpy(data, source_.data + start, length);
  for (uint8_t* zero = data + length; zero < frame + frame_length; zero++) *zero = 0;

  uint8_t* ip = frame + kEthernetHeaderLength;
  uint8_t* tcp = ip + like.ip_header_length;
  const auto segment_length = static_cast<uint32_t>(frame + frame_length - tcp);
  if (like.ip_header_length == kIpv4HeaderLength) {
    const uint32_t total_length = kIpv4HeaderLength + segment_length;
    const auto identification = static_cast<uint32_t>(values_[kIdentification]);
    Store16(ip + 2, total_length);
    Store16(ip + 4, identification);
    Store16(ip + 10, Checksum(like.ip_sum + total_length + identification));
  } else {
    Store16(ip + 4, segment_length);
  }
  const auto sequence = static_cast<uint32_t>(values_[kSequence]);
  const auto acknowledgment = static_cast<uint32_t>(values_[kAcknowledgment]);
  Store32(tcp + 4, sequence);
  Store32(tcp + 8, acknowledgment);
  if (like.has_prefix) Store16(data - 2, behind);
  // Of the source: loads from what was just stored to the target would wait for it.
  const uint32_t sum = Sum(source_.data + start, length) + (like.has_prefix ? behind : 0);
  const uint32_t total = like.tcp_sum + segment_length + SumOfHalves(sequence) +
                         SumOfHalves(acknowledgment) +
                         (like.is_data_odd ? SwapBytes(Fold(sum)) : sum);
  Store16(tcp + 16, Checksum(total));
}

}  // namespace plaincap
