// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_LATER_PROGRAMS_H_
#define PLAINCAP_LATER_PROGRAMS_H_

#include <string_view>
#include <vector>

struct bpf_object;
struct bpf_program;

namespace plaincap {

// Programs of a BPF object that were left out when it was loaded, as the verifier takes its time
// for each. They use the maps of the others.
class LaterPrograms {
 public:
  // `file` is what `loaded` was made from. Throws ProbeError.
  LaterPrograms(const bpf_object* loaded, std::string_view file,
                const std::vector<bpf_program*>& left_out);
  ~LaterPrograms();
  LaterPrograms(const LaterPrograms&) = delete;
  LaterPrograms& operator=(const LaterPrograms&) = delete;

  // What is loaded now for one of those.
  bpf_program* operator[](const bpf_program* left_out) const;

 private:
  bpf_object* object_;
};

}  // namespace plaincap

#endif  // PLAINCAP_LATER_PROGRAMS_H_
