// SPDX-License-Identifier: MIT
#include "clocks.h"

#include <ctime>

namespace plaincap {

namespace {

uint64_t Read(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + static_cast<uint64_t>(time.tv_nsec);
}

}  // namespace

Moment Now() {
  // Between two readings of one clock lies the other: the closest of a few attempts is taken, in
  // case this thread is preempted in between.
  Moment best = {};
  uint64_t best_width = UINT64_MAX;
  for (int i = 0; i < 8; i++) {
    const uint64_t before = Read(CLOCK_BOOTTIME);
    const uint64_t epoch = Read(CLOCK_REALTIME);
    const uint64_t width = Read(CLOCK_BOOTTIME) - before;
    if (width < best_width) {
      best_width = width;
      best = {.epoch_ns = epoch, .ktime_ns = before + width / 2};
    }
  }
  return best;
}

}  // namespace plaincap
