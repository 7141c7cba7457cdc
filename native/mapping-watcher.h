// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_MAPPING_WATCHER_H_
#define PLAINCAP_MAPPING_WATCHER_H_

#include <linux/perf_event.h>
#include <napi.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace plaincap {

// A process that is captured mapped a file to execute it: its program, or a library.
struct Mapping {
  uint32_t tgid;
  uint32_t tid;
  uint64_t start;
  uint64_t end;
  uint64_t inode;
  std::string name;  // as the process sees it
  std::string file;  // what tells the file from all others
  bool held;         // the thread runs on after Release(), if it has no other such mapping
};

// Learns from the kernel (perf_event_open(2): PERF_RECORD_MMAP2 of a dummy event on each CPU) which
// files captured processes map to execute them, each file once, and calls a JavaScript function
// when there is news. Costs nothing but when such a mapping is made.
//
// Threads of processes that we started are held from their mapping on until Release(), for a second
// at most. The main thread of our own child is not: see HoldChild().
class MappingWatcher {
 public:
  // `watched_fd`: map of the processes that are captured; -1: all are. Throws Napi::Error.
  MappingWatcher(Napi::Env env, int watched_fd, uint32_t child_tgid, Napi::Function wake);
  ~MappingWatcher();
  MappingWatcher(const MappingWatcher&) = delete;
  MappingWatcher& operator=(const MappingWatcher&) = delete;

  struct News {
    std::vector<Mapping> mappings;
    bool missed;  // some more were made, of which nothing is known
  };
  News Take();
  // Once for each of its mappings that says `held`.
  void Release(uint32_t tid);
  // The next mapping of this file is news again.
  void Forget(const std::string& file);

 private:
  struct CpuRing {
    int fd;
    perf_event_mmap_page* page;
    uint64_t size;  // bytes of data after the page
  };

  bool OpenRing(int cpu);
  void Close();
  void Wait();
  void ReadRing(const CpuRing& ring);
  void TakeRecord(const perf_event_header& header, const std::vector<uint8_t>& record);
  void Wake();
  bool Hold(uint32_t tid);
  // False when the watcher ends.
  bool TakeOrders();
  void ReleaseThreads();

  const int watched_fd_;
  const uint32_t own_tgid_;
  const uint32_t child_tgid_;
  int epoll_fd_ = -1;
  int order_fd_ = -1;
  std::vector<CpuRing> rings_;
  std::vector<uint8_t> record_;
  struct Held {
    std::chrono::steady_clock::time_point until;
    size_t mappings;  // that were told of and not released
  };
  // Of the watcher's own thread.
  std::unordered_map<uint32_t, Held> held_;
  std::mutex mutex_;  // of the five below
  bool ended_ = false;
  std::vector<uint32_t> to_release_;
  std::unordered_set<std::string> known_files_;
  std::vector<Mapping> news_;
  bool missed_ = false;
  // Shared with calls that the event loop may still hold when this object is gone.
  std::shared_ptr<std::atomic<bool>> called_ = std::make_shared<std::atomic<bool>>(false);
  Napi::ThreadSafeFunction wake_;
  std::thread thread_;
};

}  // namespace plaincap

#endif  // PLAINCAP_MAPPING_WATCHER_H_
