// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_FRAME_REPEATER_H_
#define PLAINCAP_FRAME_REPEATER_H_

#include <napi.h>

#include <array>
#include <cstdint>
#include <vector>

namespace plaincap {

// Writes TCP segments of data that are like an earlier one of the same sender: its frame up to the
// data is a template, in which numbers change. src/tcp/frame-repeater.ts has what JavaScript sees.
class FrameRepeater : public Napi::ObjectWrap<FrameRepeater> {
 public:
  static Napi::Function Define(Napi::Env env);

  explicit FrameRepeater(const Napi::CallbackInfo& info);

 private:
  // Ethernet, IPv6, TCP without options, and the header of a TLS record.
  static constexpr size_t kHeadBytesMax = 14 + 40 + 20 + 5;

  struct Template {
    std::array<uint8_t, kHeadBytesMax> head;
    uint8_t head_length;
    uint8_t ip_header_length;
    uint8_t suffix_length;
    // Between TCP's header and the data; its last two bytes tell how many follow in the segment.
    bool has_prefix;
    bool is_data_odd;  // at an odd offset of the segment
    // Sums of what does not change (RFC 1071): of the IPv4 header, and of the TCP header, what is
    // between it and the data, and the pseudo header.
    uint32_t ip_sum;
    uint32_t tcp_sum;
  };

  // An array of JavaScript that stays alive.
  struct Bytes {
    Napi::Reference<Napi::Uint8Array> array;
    uint8_t* data = nullptr;
    size_t length = 0;

    void Set(Napi::Uint8Array from);
    bool Has(size_t start, size_t count) const {
      return start <= length && count <= length - start;
    }
  };

  Napi::Value Fields(const Napi::CallbackInfo& info) { return (void)info, fields_.Value(); }
  void SetSource(const Napi::CallbackInfo& info) { source_.Set(info[0].As<Napi::Uint8Array>()); }
  void SetTarget(const Napi::CallbackInfo& info) { target_.Set(info[0].As<Napi::Uint8Array>()); }
  void Learn(const Napi::CallbackInfo& info);
  static void Repeat(const Napi::CallbackInfo& info);
  void Repeat(Napi::Env env) const;

  Napi::Reference<Napi::Int32Array> fields_;
  const int32_t* values_;
  Bytes source_;
  Bytes target_;
  std::vector<Template> templates_;
};

}  // namespace plaincap

#endif  // PLAINCAP_FRAME_REPEATER_H_
