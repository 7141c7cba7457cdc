// SPDX-License-Identifier: MIT
#include "data-items.h"

#include <cstdint>

namespace plaincap {

namespace {

// Major types (RFC 8949 section 3.1).
constexpr uint8_t kUnsigned = 0;
constexpr uint8_t kNegative = 1;
constexpr uint8_t kBytes = 2;
constexpr uint8_t kArray = 4;

// The longest array whose length stands in its first byte.
constexpr size_t kMaxImmediate = 23;

// KIND_CODE of src/recording/format.ts.
constexpr uint8_t kDataKind = 4;

// Of a row, behind its integers: the payload's offset and length.
constexpr size_t kPayloadNumbers = 2;

class Reader {
 public:
  Reader(const uint8_t* begin, const uint8_t* end) : at_(begin), end_(end) {}

  const uint8_t* at() const { return at_; }
  size_t left() const { return end_ - at_; }

  // False if that byte is not the next one.
  bool Take(uint8_t byte) {
    if (at_ == end_ || *at_ != byte) return false;
    at_++;
    return true;
  }

  void Skip(size_t length) { at_ += length; }

  // False if the head (RFC 8949 section 3) is not all there, or has no argument.
  bool ReadHead(uint8_t* major, uint64_t* argument) {
    if (at_ == end_) return false;
    const uint8_t initial = *at_++;
    *major = initial >> 5;
    *argument = initial & 0x1f;
    if (*argument <= kMaxImmediate) return true;
    const uint64_t width_code = *argument - (kMaxImmediate + 1);
    if (width_code > 3) return false;
    const size_t width = size_t{1} << width_code;
    if (left() < width) return false;
    *argument = 0;
    for (size_t i = 0; i < width; i++) *argument = *argument << 8 | *at_++;
    return true;
  }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
};

// Arguments beyond 2^53 are rounded, but stay beyond, where no range is.
bool ReadInteger(Reader* reader, double* value) {
  uint8_t major;
  uint64_t argument;
  if (!reader->ReadHead(&major, &argument)) return false;
  const auto number = static_cast<double>(argument);
  *value = major == kUnsigned ? number : -1 - number;
  return major == kUnsigned || major == kNegative;
}

// The kind, `integers` integers, the payload. False for all that DecodeDataItems stops at.
bool ReadItem(Reader* reader, const double* ranges, size_t integers, const uint8_t* bytes,
              double* row) {
  const size_t elements = 1 + integers + 1;
  if (!reader->Take(static_cast<uint8_t>(kArray << 5 | elements))) return false;
  if (!reader->Take(kDataKind)) return false;
  for (size_t i = 0; i < integers; i++) {
    if (!ReadInteger(reader, &row[i])) return false;
    if (row[i] < ranges[2 * i] || row[i] > ranges[2 * i + 1]) return false;
  }
  uint8_t major;
  uint64_t length;
  if (!reader->ReadHead(&major, &length) || major != kBytes) return false;
  if (length > reader->left()) return false;
  row[integers] = static_cast<double>(reader->at() - bytes);
  row[integers + 1] = static_cast<double>(length);
  reader->Skip(static_cast<size_t>(length));
  const double call_offset = row[integers - 2];
  const double original_length = row[integers - 1];
  return call_offset + static_cast<double>(length) <= original_length;
}

// Negative numbers become too large ones.
size_t ToSize(const Napi::Value& value) {
  return static_cast<size_t>(value.As<Napi::Number>().Int64Value());
}

}  // namespace

Napi::Value DecodeDataItems(const Napi::CallbackInfo& info) {
  const auto bytes = info[0].As<Napi::Uint8Array>();
  const size_t start = ToSize(info[1]);
  const size_t limit = ToSize(info[2]);
  const auto ranges = info[3].As<Napi::Float64Array>();
  auto rows = info[4].As<Napi::Float64Array>();
  if (start > limit || limit > bytes.ByteLength()) {
    throw Napi::RangeError::New(info.Env(), "start or limit beyond the end of an array");
  }
  const size_t integers = ranges.ElementLength() / 2;
  // The last two say how long the payload may be.
  if (integers < 2 || 1 + integers + 1 > kMaxImmediate) {
    throw Napi::RangeError::New(info.Env(), "too few or too many ranges");
  }
  const size_t row_length = integers + kPayloadNumbers;
  const size_t capacity = rows.ElementLength() / row_length;
  Reader reader(bytes.Data() + start, bytes.Data() + limit);
  double* row = rows.Data();
  size_t count = 0;
  while (count < capacity && ReadItem(&reader, ranges.Data(), integers, bytes.Data(), row)) {
    row += row_length;
    count++;
  }
  return Napi::Number::New(info.Env(), static_cast<double>(count));
}

}  // namespace plaincap
