// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_PROBE_LINKS_H_
#define PLAINCAP_PROBE_LINKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "probed-functions.h"

struct bpf_link;
struct bpf_program;

namespace plaincap {

// One function of one library file.
struct ProbePoint {
  probed_function function;
  uint64_t file_offset;
  // A RET of the function, where its stack allows no return probe; else its first instruction.
  bool is_return_instruction;
  // As PlannedProbe has it; 0 if the function itself is probed.
  int32_t return_distance;

  call_shape shape() const;
};

// What attaches programs to the kernel and to functions of libraries, until Destroy().
class ProbeLinks {
 public:
  // `multi`: the kernel has links of many uprobes, and programs were loaded for them.
  explicit ProbeLinks(bool multi) : multi_(multi) {}
  ~ProbeLinks() { Destroy(); }
  ProbeLinks(const ProbeLinks&) = delete;
  ProbeLinks& operator=(const ProbeLinks&) = delete;

  bool multi() const { return multi_; }
  bool empty() const { return links_.empty(); }
  void Add(bpf_link* link) { links_.push_back(link); }
  // `program` is a uprobe at all of these points, or with `at_return` a uretprobe. What it is told
  // with each is probe_cookie(). Throws ProbeError.
  void AddUprobes(bpf_program* program, bool at_return, const std::string& path, uint16_t library,
                  const std::vector<ProbePoint>& points);
  // All at once, as the kernel waits at each.
  void Destroy();

 private:
  const bool multi_;
  std::vector<bpf_link*> links_;
};

}  // namespace plaincap

#endif  // PLAINCAP_PROBE_LINKS_H_
