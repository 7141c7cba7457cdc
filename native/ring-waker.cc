// SPDX-License-Identifier: MIT
#include "ring-waker.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>
#include <string>

namespace plaincap {

RingWaker::RingWaker(Napi::Env env, int ring_fd, Napi::Function wake) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  stop_fd_ = eventfd(0, EFD_CLOEXEC);
  // Edges: the ring is readable all the time under load, but only a wake-up is news.
  epoll_event ring = {.events = EPOLLIN | EPOLLET, .data = {.fd = ring_fd}};
  epoll_event stop = {.events = EPOLLIN, .data = {.fd = stop_fd_}};
  if (epoll_fd_ < 0 || stop_fd_ < 0 || epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, ring_fd, &ring) != 0 ||
      epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, stop_fd_, &stop) != 0) {
    const std::string reason = strerror(errno);
    if (epoll_fd_ >= 0) close(epoll_fd_);
    if (stop_fd_ >= 0) close(stop_fd_);
    throw Napi::Error::New(env, "waiting for the ring buffer: " + reason);
  }
  wake_ = Napi::ThreadSafeFunction::New(env, wake, "plaincap ring", 1, 1);
  thread_ = std::thread(&RingWaker::Wait, this);
}

RingWaker::~RingWaker() {
  const uint64_t one = 1;
  if (write(stop_fd_, &one, sizeof(one)) == sizeof(one)) thread_.join();
  wake_.Abort();
  close(epoll_fd_);
  close(stop_fd_);
}

void RingWaker::Wait() {
  epoll_event event;
  while (true) {
    const int count = epoll_wait(epoll_fd_, &event, 1, -1);
    if (count < 0 && errno != EINTR) return;
    if (count <= 0) continue;
    if (event.data.fd == stop_fd_) return;
    if (called_->exchange(true)) continue;
    const napi_status status =
        wake_.NonBlockingCall([called = called_](Napi::Env, Napi::Function wake) {
          *called = false;
          wake.Call({});
        });
    if (status == napi_closing) return;
    if (status != napi_ok) *called_ = false;
  }
}

}  // namespace plaincap
