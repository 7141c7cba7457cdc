// SPDX-License-Identifier: MIT
#include "later-programs.h"

#include <bpf/libbpf.h>

#include <cerrno>

#include "bpf-log.h"

namespace plaincap {

LaterPrograms::LaterPrograms(const bpf_object* loaded, std::string_view file,
                             const std::vector<bpf_program*>& left_out) {
  BpfLog log;
  LIBBPF_OPTS(bpf_object_open_opts, options);
  options.object_name = bpf_object__name(loaded);
  object_ = bpf_object__open_mem(file.data(), file.size(), &options);
  if (object_ == nullptr) throw ProbeError(log.Explain("opening the BPF object", -errno));
  try {
    bpf_program* program;
    bpf_object__for_each_program(program, object_) bpf_program__set_autoload(program, false);
    for (const bpf_program* each : left_out) {
      bpf_program* ours = (*this)[each];
      bpf_program__set_autoload(ours, true);
      bpf_program__set_expected_attach_type(ours, bpf_program__expected_attach_type(each));
    }
    const bpf_map* theirs = nullptr;
    bpf_map* map;
    bpf_object__for_each_map(map, object_) {
      theirs = bpf_object__next_map(loaded, theirs);
      log.Check(bpf_map__reuse_fd(map, bpf_map__fd(theirs)), "sharing the BPF maps");
    }
    log.Check(bpf_object__load(object_), "loading the BPF programs");
  } catch (...) {
    bpf_object__close(object_);
    throw;
  }
}

LaterPrograms::~LaterPrograms() { bpf_object__close(object_); }

bpf_program* LaterPrograms::operator[](const bpf_program* left_out) const {
  return bpf_object__find_program_by_name(object_, bpf_program__name(left_out));
}

}  // namespace plaincap
