// SPDX-License-Identifier: MIT
#include "probe-links.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>

#include "bpf-log.h"
#include "function-symbols.h"

namespace plaincap {

namespace {

constexpr call_shape kShapes[] = {
#define X(name, symbol, shape) shape,
    PROBED_FUNCTIONS(X)
#undef X
};

// The kernel waits for a grace period at each, of tens of milliseconds; threads wait for the same.
constexpr size_t kDestroyThreadsMax = 64;

}  // namespace

call_shape ProbePoint::shape() const { return kShapes[function]; }

void ProbeLinks::AddUprobes(bpf_program* program, bool at_return, const std::string& path,
                            uint16_t library, const std::vector<ProbePoint>& points) {
  BpfLog log;
  if (points.empty()) return;
  std::vector<uint64_t> cookies;
  for (const ProbePoint& point : points) {
    cookies.push_back(probe_cookie(library, point.shape(), point.function) |
                      distance_cookie(point.return_distance));
  }
  if (multi_) {
    std::vector<unsigned long> offsets;
    for (const ProbePoint& point : points) offsets.push_back(point.file_offset);
    LIBBPF_OPTS(bpf_uprobe_multi_opts, options);
    options.offsets = offsets.data();
    options.cookies = reinterpret_cast<const __u64*>(cookies.data());
    options.cnt = offsets.size();
    options.retprobe = at_return;
    bpf_link* link = bpf_program__attach_uprobe_multi(program, -1, path.c_str(), nullptr, &options);
    if (link == nullptr) throw ProbeError(log.Explain("probing " + path, -errno));
    links_.push_back(link);
    return;
  }
  for (size_t i = 0; i < points.size(); i++) {
    LIBBPF_OPTS(bpf_uprobe_opts, options);
    options.bpf_cookie = cookies[i];
    options.retprobe = at_return;
    bpf_link* link =
        bpf_program__attach_uprobe_opts(program, -1, path.c_str(), points[i].file_offset, &options);
    if (link == nullptr) {
      throw ProbeError(log.Explain(
          "probing " + std::string(kFunctionSymbols[points[i].function]) + " of " + path, -errno));
    }
    links_.push_back(link);
  }
}

void ProbeLinks::Destroy() {
  std::atomic<size_t> next = 0;
  const auto destroy = [&] {
    BpfLog log;
    for (size_t i = next++; i < links_.size(); i = next++) bpf_link__destroy(links_[i]);
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(links_.size(), kDestroyThreadsMax); i++) {
    try {
      threads.emplace_back(destroy);
    } catch (const std::system_error&) {
      break;  // The machine gives no more threads: fewer do it too.
    }
  }
  destroy();
  for (std::thread& thread : threads) thread.join();
  links_.clear();
}

}  // namespace plaincap
