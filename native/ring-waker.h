// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_RING_WAKER_H_
#define PLAINCAP_RING_WAKER_H_

#include <napi.h>

#include <atomic>
#include <memory>
#include <thread>

namespace plaincap {

// Waits for the ring buffer on a thread of its own and calls a JavaScript function when the kernel
// woke its reader. Calls that the event loop has not taken yet are not repeated.
class RingWaker {
 public:
  // `ring_fd`: the ring buffer map. Throws Napi::Error if the kernel gives no descriptors.
  RingWaker(Napi::Env env, int ring_fd, Napi::Function wake);
  // Ends the thread and lets go of the function.
  ~RingWaker();
  RingWaker(const RingWaker&) = delete;
  RingWaker& operator=(const RingWaker&) = delete;

 private:
  void Wait();

  int epoll_fd_ = -1;
  int stop_fd_ = -1;
  // Shared with calls that the event loop may still hold when this object is gone.
  std::shared_ptr<std::atomic<bool>> called_ = std::make_shared<std::atomic<bool>>(false);
  Napi::ThreadSafeFunction wake_;
  std::thread thread_;
};

}  // namespace plaincap

#endif  // PLAINCAP_RING_WAKER_H_
