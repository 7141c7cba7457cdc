// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_EMULATED_INSTRUCTIONS_H_
#define PLAINCAP_EMULATED_INSTRUCTIONS_H_

#include <cstdint>
#include <span>

namespace plaincap {

// Whether the kernel itself does what the first instruction of `code` does when that is probed. All
// others are stepped over by the processor, with a second trap: thirty times as slow.
bool IsEmulated(std::span<const uint8_t> code);

}  // namespace plaincap

#endif  // PLAINCAP_EMULATED_INSTRUCTIONS_H_
