// SPDX-License-Identifier: MIT
#include "probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <cstring>

#include "bpf-log.h"
#include "kernel-features.h"
#include "plaincap.skel.h"

namespace plaincap {

namespace {

struct FunctionInfo {
  const char* symbol;
  call_shape shape;
};

constexpr FunctionInfo kFunctions[] = {
#define X(name, symbol, shape) {symbol, shape},
    PROBED_FUNCTIONS(X)
#undef X
};

void Check(int result, const BpfLog& log, const std::string& action) {
  if (result != 0) throw ProbeError(log.Explain(action, result < 0 ? result : -result));
}

}  // namespace

Probes::Probes(const ProbeOptions& options) {
  BpfLog log;
  skeleton_ = plaincap_bpf__open();
  if (skeleton_ == nullptr) throw ProbeError(log.Explain("opening the BPF object", -errno));

  const bool kprobes = options.use_kprobes && HasKprobes();
  connection_source_ = kprobes ? ConnectionSource::kKprobe : ConnectionSource::kSyscall;
  multi_ = HasUprobeMulti();

  auto& config = skeleton_->rodata->config;
  config.own_tgid = options.own_tgid;
  config.watch_all = options.watch_all;
  config.has_kprobes = kprobes;
  config.ring_wakeup_bytes = options.ring_bytes / 4;

  auto& programs = skeleton_->progs;
  for (bpf_program* program : {programs.connect_entry, programs.accept_return, programs.send_entry,
                               programs.receive_entry}) {
    bpf_program__set_autoload(program, kprobes);
  }
  bpf_program__set_autoload(programs.syscall_entry, !kprobes);
  if (multi_) {
    for (bpf_program* program : {programs.ssl_entry, programs.ssl_return, programs.ssl_free_entry,
                                 programs.bio_write_entry}) {
      bpf_program__set_expected_attach_type(program, BPF_TRACE_UPROBE_MULTI);
    }
  }

  try {
    Check(bpf_map__set_max_entries(skeleton_->maps.ring, options.ring_bytes), log,
          "sizing the ring buffer");
    Check(plaincap_bpf__load(skeleton_), log, "loading the BPF programs");
    Check(plaincap_bpf__attach(skeleton_), log, "attaching the BPF programs");
  } catch (...) {
    plaincap_bpf__destroy(skeleton_);
    throw;
  }
}

Probes::~Probes() {
  Detach();
  plaincap_bpf__destroy(skeleton_);
}

void Probes::Watch(uint32_t tgid) {
  const uint8_t yes = 1;
  BpfLog log;
  Check(bpf_map__update_elem(skeleton_->maps.watched, &tgid, sizeof(tgid), &yes, sizeof(yes),
                             BPF_ANY),
        log, "watching process " + std::to_string(tgid));
}

void Probes::Attach(const std::string& path, uint16_t library,
                    const std::vector<ProbePoint>& points) {
  const auto of_shape = [&points](auto wanted) {
    std::vector<ProbePoint> some;
    for (const ProbePoint& point : points) {
      if (wanted(kFunctions[point.function].shape)) some.push_back(point);
    }
    return some;
  };
  const auto calls = of_shape([](call_shape s) { return s != SHAPE_FREE && s != SHAPE_BIO_WRITE; });
  const auto frees = of_shape([](call_shape s) { return s == SHAPE_FREE; });
  const auto writes = of_shape([](call_shape s) { return s == SHAPE_BIO_WRITE; });
  // Returns first: an entry without its return probe would leave an open call behind.
  AttachGroup(skeleton_->progs.ssl_return, true, path, library, calls);
  AttachGroup(skeleton_->progs.ssl_free_entry, false, path, library, frees);
  AttachGroup(skeleton_->progs.bio_write_entry, false, path, library, writes);
  AttachGroup(skeleton_->progs.ssl_entry, false, path, library, calls);
}

void Probes::AttachGroup(bpf_program* program, bool at_return, const std::string& path,
                         uint16_t library, const std::vector<ProbePoint>& points) {
  BpfLog log;
  if (points.empty()) return;
  std::vector<uint64_t> cookies;
  for (const ProbePoint& point : points) {
    cookies.push_back(probe_cookie(library, kFunctions[point.function].shape, point.function));
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
          "probing " + std::string(kFunctions[points[i].function].symbol) + " of " + path, -errno));
    }
    links_.push_back(link);
  }
}

void Probes::Stop() { __atomic_store_n(&skeleton_->bss->stopped, 1, __ATOMIC_SEQ_CST); }

void Probes::Detach() {
  BpfLog log;
  for (bpf_link* link : links_) bpf_link__destroy(link);
  links_.clear();
  plaincap_bpf__detach(skeleton_);
}

int Probes::ring_fd() const { return bpf_map__fd(skeleton_->maps.ring); }

int Probes::sessions_fd() const { return bpf_map__fd(skeleton_->maps.sessions); }

counters Probes::ReadCounters() const {
  std::vector<counters> per_cpu(libbpf_num_possible_cpus());
  const uint32_t zero = 0;
  counters sum = {};
  if (bpf_map__lookup_elem(skeleton_->maps.counters, &zero, sizeof(zero), per_cpu.data(),
                           per_cpu.size() * sizeof(counters), 0) != 0) {
    return sum;
  }
  for (const counters& one : per_cpu) {
    sum.calls += one.calls;
    sum.bytes += one.bytes;
    for (int i = 0; i < LOSS_REASON_COUNT; i++) {
      sum.lost[i].calls += one.lost[i].calls;
      sum.lost[i].bytes += one.lost[i].bytes;
    }
  }
  return sum;
}

void Probes::SetReaderAwake(bool awake) {
  __atomic_store_n(&skeleton_->bss->reader_awake, awake ? 1 : 0, __ATOMIC_SEQ_CST);
}

}  // namespace plaincap
