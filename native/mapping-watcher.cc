// SPDX-License-Identifier: MIT
#include "mapping-watcher.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "events.h"
#include "thread-hold.h"

namespace plaincap {

namespace {

// A power of two, as perf_event_open(2) asks. A record has 72 bytes and a path.
constexpr uint64_t kRingPages = 32;
// Beyond that, all are forgotten: files are then looked at once more.
constexpr size_t kKnownFilesMax = 65536;
// Attaching takes 10 to 15 ms; a thread runs on after so long whatever became of us.
constexpr std::chrono::seconds kHoldMax{1};
// How often threads are looked at that are to run on but did not stop yet.
constexpr int kReleasePollMs = 1;

// PERF_RECORD_MMAP2 of perf_event_open(2), without PERF_RECORD_MISC_MMAP_BUILD_ID.
struct Mmap2 {
  perf_event_header header;
  uint32_t tgid;
  uint32_t tid;
  uint64_t start;
  uint64_t length;
  uint64_t page_offset;
  uint32_t major;
  uint32_t minor;
  uint64_t inode;
  uint64_t inode_generation;
  uint32_t protection;
  uint32_t flags;
};
static_assert(sizeof(Mmap2) == 72);

int OpenPerfEvent(int cpu) {
  perf_event_attr attr = {};
  attr.size = sizeof(attr);
  attr.type = PERF_TYPE_SOFTWARE;
  attr.config = PERF_COUNT_SW_DUMMY;
  attr.mmap = 1;  // executable mappings only; mmap_data would be the others
  attr.mmap2 = 1;
  attr.watermark = 1;
  attr.wakeup_watermark = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

MappingWatcher::MappingWatcher(Napi::Env env, int watched_fd, uint32_t child_tgid,
                               Napi::Function wake)
    : watched_fd_(watched_fd), own_tgid_(static_cast<uint32_t>(getpid())), child_tgid_(child_tgid) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  order_fd_ = eventfd(0, EFD_CLOEXEC);
  epoll_event order = {.events = EPOLLIN, .data = {.u64 = UINT64_MAX}};
  bool opened = epoll_fd_ >= 0 && order_fd_ >= 0 &&
                epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, order_fd_, &order) == 0;
  const long cpus = sysconf(_SC_NPROCESSORS_CONF);
  for (int cpu = 0; opened && cpu < cpus; cpu++) opened = OpenRing(cpu);
  if (!opened) {
    const std::string reason = strerror(errno);
    Close();
    throw Napi::Error::New(env, "watching what processes map: " + reason);
  }
  wake_ = Napi::ThreadSafeFunction::New(env, wake, "plaincap mappings", 1, 1);
  wake_.Unref(env);
  thread_ = std::thread(&MappingWatcher::Wait, this);
}

MappingWatcher::~MappingWatcher() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  const uint64_t one = 1;
  if (write(order_fd_, &one, sizeof(one)) == sizeof(one)) thread_.join();
  wake_.Abort();
  Close();
}

bool MappingWatcher::OpenRing(int cpu) {
  const int fd = OpenPerfEvent(cpu);
  if (fd < 0) return errno == ENODEV;  // The CPU is offline.
  const uint64_t page_bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t size = kRingPages * page_bytes;
  void* page = mmap(nullptr, page_bytes + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) {
    const int reason = errno;
    close(fd);
    errno = reason;
    return false;
  }
  rings_.push_back({fd, static_cast<perf_event_mmap_page*>(page), size});
  epoll_event event = {.events = EPOLLIN, .data = {.u64 = rings_.size() - 1}};
  return epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void MappingWatcher::Close() {
  for (const CpuRing& ring : rings_) {
    munmap(ring.page, ring.size + static_cast<uint64_t>(sysconf(_SC_PAGESIZE)));
    close(ring.fd);
  }
  rings_.clear();
  if (epoll_fd_ >= 0) close(epoll_fd_);
  if (order_fd_ >= 0) close(order_fd_);
}

MappingWatcher::News MappingWatcher::Take() {
  const std::lock_guard lock(mutex_);
  News news = {std::move(news_), missed_};
  news_.clear();
  missed_ = false;
  return news;
}

void MappingWatcher::Release(uint32_t tid) {
  {
    const std::lock_guard lock(mutex_);
    to_release_.push_back(tid);
  }
  const uint64_t one = 1;
  // Cannot fail before 2^64 orders wait.
  if (write(order_fd_, &one, sizeof(one)) != sizeof(one)) return;
}

void MappingWatcher::Forget(const std::string& file) {
  const std::lock_guard lock(mutex_);
  known_files_.erase(file);
}

void MappingWatcher::Wait() {
  // A program runs on while we wait for a CPU, where we need microseconds. Without privilege the
  // kernel refuses it.
  const sched_param priority = {.sched_priority = sched_get_priority_min(SCHED_FIFO)};
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
  epoll_event event;
  while (true) {
    const int count = epoll_wait(epoll_fd_, &event, 1, held_.empty() ? -1 : kReleasePollMs);
    if (count < 0 && errno != EINTR) return;
    if (count > 0 && event.data.u64 != UINT64_MAX) {
      ReadRing(rings_[event.data.u64]);
      Wake();
    }
    // The kernel lets go of what is still held when this thread ends.
    if (count > 0 && event.data.u64 == UINT64_MAX && !TakeOrders()) return;
    ReleaseThreads();
  }
}

bool MappingWatcher::TakeOrders() {
  uint64_t orders = 0;
  if (read(order_fd_, &orders, sizeof(orders)) != sizeof(orders)) return true;
  const std::lock_guard lock(mutex_);
  for (const uint32_t tid : to_release_) {
    const auto found = held_.find(tid);
    if (found == held_.end()) continue;
    Held& held = found->second;
    if (held.mappings > 0) held.mappings--;
    if (held.mappings == 0) held.until = std::chrono::steady_clock::time_point::min();
  }
  to_release_.clear();
  return !ended_;
}

bool MappingWatcher::Hold(uint32_t tid) {
  // It can map its program and its program's interpreter before it stops.
  if (!held_.contains(tid) && !HoldThread(static_cast<pid_t>(tid))) return false;
  Held& held = held_[tid];
  held.mappings++;
  held.until = std::chrono::steady_clock::now() + kHoldMax;
  return true;
}

void MappingWatcher::ReleaseThreads() {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(held_, [now](const auto& held) {
    return held.second.until <= now && ReleaseThread(static_cast<pid_t>(held.first), false);
  });
}

void MappingWatcher::ReadRing(const CpuRing& ring) {
  const auto* data = reinterpret_cast<const uint8_t*>(ring.page) + ring.page->data_offset;
  const uint64_t head = __atomic_load_n(&ring.page->data_head, __ATOMIC_ACQUIRE);
  uint64_t tail = ring.page->data_tail;
  while (tail < head) {
    perf_event_header header;
    // Records are aligned to 8 bytes, as the header is long: only what follows it may wrap around.
    memcpy(&header, data + tail % ring.size, sizeof(header));
    record_.resize(header.size);
    const uint64_t before_wrap = std::min<uint64_t>(header.size, ring.size - tail % ring.size);
    memcpy(record_.data(), data + tail % ring.size, before_wrap);
    memcpy(record_.data() + before_wrap, data, header.size - before_wrap);
    tail += header.size;
    TakeRecord(header, record_);
  }
  __atomic_store_n(&ring.page->data_tail, tail, __ATOMIC_RELEASE);
}

void MappingWatcher::TakeRecord(const perf_event_header& header,
                                const std::vector<uint8_t>& record) {
  if (header.type == PERF_RECORD_LOST) {
    const std::lock_guard lock(mutex_);
    missed_ = true;
  }
  if (header.type != PERF_RECORD_MMAP2 || record.size() <= sizeof(Mmap2)) return;
  Mmap2 mmap2;
  memcpy(&mmap2, record.data(), sizeof(mmap2));
  const char* name = reinterpret_cast<const char*>(record.data()) + sizeof(mmap2);
  // What is no file is called "[vdso]", "//anon" and the like.
  if (mmap2.tgid == own_tgid_ || name[0] != '/' || name[1] == '/') return;

  const std::string file = std::to_string(mmap2.major) + ':' + std::to_string(mmap2.minor) + ':' +
                           std::to_string(mmap2.inode) + ':' +
                           std::to_string(mmap2.inode_generation);
  const std::lock_guard lock(mutex_);
  if (known_files_.contains(file)) return;
  uint8_t watched = WATCHED;
  if (watched_fd_ >= 0 && bpf_map_lookup_elem(watched_fd_, &mmap2.tgid, &watched) != 0) return;
  if (watched == WATCH_NEVER) return;
  if (known_files_.size() >= kKnownFilesMax) known_files_.clear();
  known_files_.insert(file);
  news_.push_back({
      .tgid = mmap2.tgid,
      .tid = mmap2.tid,
      .start = mmap2.start,
      .end = mmap2.start + mmap2.length,
      .inode = mmap2.inode,
      .name = std::string(name, strnlen(name, record.size() - sizeof(mmap2))),
      .file = file,
      .held = watched == WATCHED_OURS && mmap2.tid != child_tgid_ && Hold(mmap2.tid),
  });
}

void MappingWatcher::Wake() {
  {
    const std::lock_guard lock(mutex_);
    if (news_.empty() && !missed_) return;
  }
  if (called_->exchange(true)) return;
  const napi_status status =
      wake_.NonBlockingCall([called = called_](Napi::Env, Napi::Function wake) {
        *called = false;
        wake.Call({});
      });
  if (status != napi_ok) *called_ = false;
}

}  // namespace plaincap
