// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_CLOCKS_H_
#define PLAINCAP_CLOCKS_H_

#include <cstdint>

namespace plaincap {

// One moment on two clocks, in nanoseconds.
struct Moment {
  uint64_t epoch_ns;  // CLOCK_REALTIME
  uint64_t ktime_ns;  // CLOCK_BOOTTIME, as bpf_ktime_get_boot_ns() has it
};

Moment Now();

}  // namespace plaincap

#endif  // PLAINCAP_CLOCKS_H_
