// SPDX-License-Identifier: MIT
#include "probes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "bpf-log.h"
#include "filter-maps.h"
#include "kernel-features.h"
#include "plaincap.skel.h"

namespace plaincap {

namespace {

// Calls on a TLS object that return.
const std::vector<call_shape> kCallShapes = {
    SHAPE_READ,     SHAPE_WRITE,       SHAPE_READ_EX,         SHAPE_WRITE_EX,  SHAPE_WRITE_EX2,
    SHAPE_SENDFILE, SHAPE_READ_PACKET, SHAPE_RESUMABLE_WRITE, SHAPE_WRITE_TOLD};

// The same on NSPR's descriptors, of which not all are TLS objects.
const std::vector<call_shape> kLayerShapes = {SHAPE_LAYER_READ, SHAPE_LAYER_RECV, SHAPE_LAYER_WRITE,
                                              SHAPE_LAYER_WRITEV};

// Calls that make a handshake, and those that ask for its application protocol.
const std::vector<call_shape> kHandshakeShapes = {SHAPE_HANDSHAKE, SHAPE_HANDSHAKE_ZERO};
const std::vector<call_shape> kAlpnShapes = {SHAPE_ALPN, SHAPE_ALPN_DATUM, SHAPE_ALPN_COPY};
// The callback of a server that chooses one, inside its handshake.
const std::vector<call_shape> kAlpnSelectShapes = {SHAPE_ALPN_SELECT};
const std::vector<call_shape> kGoShapes = {SHAPE_GO_READ, SHAPE_GO_HANDSHAKE, SHAPE_GO_STATE,
                                           SHAPE_GO_CLOSE};
const std::vector<call_shape> kGoReturnShapes = {SHAPE_GO_READ, SHAPE_GO_WRITE, SHAPE_GO_HANDSHAKE,
                                                 SHAPE_GO_STATE, SHAPE_GO_CLOSE};

std::vector<bpf_program*> GoPrograms(const plaincap_bpf& skeleton) {
  return {skeleton.progs.go_entry, skeleton.progs.go_write_entry, skeleton.progs.go_return};
}

void UseMultiLinks(bpf_object* object) {
  bpf_program* program;
  bpf_object__for_each_program(program, object) {
    const std::string_view section = bpf_program__section_name(program);
    if (section == "uprobe" || section == "uretprobe") {
      bpf_program__set_expected_attach_type(program, BPF_TRACE_UPROBE_MULTI);
    }
  }
}

std::vector<ProbePoint> PointsOf(const std::vector<ProbePoint>& points,
                                 const std::vector<call_shape>& shapes,
                                 bool return_instructions = false) {
  std::vector<ProbePoint> some;
  for (const ProbePoint& point : points) {
    if (point.is_return_instruction == return_instructions &&
        std::find(shapes.begin(), shapes.end(), point.shape()) != shapes.end()) {
      some.push_back(point);
    }
  }
  return some;
}

}  // namespace

Probes::Probes(const ProbeOptions& options)
    : links_(HasUprobeMulti()),
      old_session_links_(links_.multi()),
      old_sessions_(options.old_sessions) {
  BpfLog log;
  skeleton_ = plaincap_bpf__open();
  if (skeleton_ == nullptr) throw ProbeError(log.Explain("opening the BPF object", -errno));

  const bool kprobes = options.use_kprobes && HasKprobes();
  // Old sessions of programs with memory BIOs are found later by them than by system calls.
  const bool preempts = PreemptsRawTracepoints();
  const bool tracepoints = !kprobes && !options.old_sessions && !preempts && HasSocketTracepoints();
  connection_source_ = kprobes       ? ConnectionSource::kKprobe
                       : tracepoints ? ConnectionSource::kTracepoint
                                     : ConnectionSource::kSyscall;

  auto& config = skeleton_->rodata->config;
  config.snaplen = options.snaplen;
  config.own_tgid = options.own_tgid;
  config.watch_all = options.watch_all;
  config.has_kprobes = kprobes;
  config.plain = options.plain;
  config.ring_wakeup_bytes = options.ring_bytes / 4;
  skeleton_->rodata->process_filter = options.filters.process;
  skeleton_->rodata->connection_filter = options.filters.connection;

  auto& programs = skeleton_->progs;
  for (bpf_program* program : {programs.connect_entry, programs.accept_return, programs.send_entry,
                               programs.receive_entry}) {
    bpf_program__set_autoload(program, kprobes);
  }
  for (bpf_program* program : {programs.send_end, programs.receive_end}) {
    bpf_program__set_autoload(program, tracepoints);
  }
  bpf_program__set_autoload(programs.socket_received, !tracepoints);
  bpf_program__set_autoload(programs.plain_socket_end, options.plain);
  const bool seeks_calls = connection_source_ == ConnectionSource::kSyscall;
  const bool looks_at_calls = seeks_calls || options.plain;
  if (preempts && looks_at_calls) system_call_events_ = SystemCallEvents::Find();
  skips_calls_ = preempts && looks_at_calls && !system_call_events_;
  const struct {
    bpf_program* raw;
    bpf_program* event;
    bool wanted;
  } system_calls[] = {
      {programs.syscall_entry, programs.syscall_entry_event, seeks_calls},
      {programs.plain_call_entry, programs.plain_call_entry_event, options.plain},
      {programs.plain_call_return, programs.plain_call_return_event, options.plain},
  };
  for (const auto& [raw, event, wanted] : system_calls) {
    bpf_program__set_autoload(raw, wanted && !system_call_events_);
    bpf_program__set_autoload(event, wanted && system_call_events_);
    bpf_program__set_autoattach(event, false);
  }
  for (bpf_program* program :
       {programs.receive_return, programs.syscall_exit, programs.syscall_exit_event}) {
    bpf_program__set_autoload(program, program == ReceiptProgram() && options.old_sessions);
    bpf_program__set_autoattach(program, false);
  }
  // For these, the verifier takes nearly as long as for all others together: see LoadGoPrograms().
  for (bpf_program* program : GoPrograms(*skeleton_)) bpf_program__set_autoload(program, false);
  if (links_.multi()) UseMultiLinks(skeleton_->obj);

  auto& maps = skeleton_->maps;
  // What nothing fills costs its memory, and the time to get it.
  if (!options.plain) bpf_map__set_max_entries(maps.socket_calls, 1);
  if (!options.old_sessions) bpf_map__set_max_entries(maps.receiving, 1);
  if (options.filters.executables.empty()) bpf_map__set_max_entries(maps.executables, 1);

  try {
    log.Check(bpf_map__set_max_entries(maps.ring, options.ring_bytes), "sizing the ring buffer");
    log.Check(plaincap_bpf__load(skeleton_), "loading the BPF programs");
    FillFilterMaps(*skeleton_, options.filters);
    log.Check(plaincap_bpf__attach(skeleton_), "attaching the BPF programs");
    for (const auto& [raw, event, wanted] : system_calls) {
      if (bpf_program__autoload(event)) links_.Add(AttachProgram(event));
    }
  } catch (...) {
    links_.Destroy();
    plaincap_bpf__destroy(skeleton_);
    throw;
  }
}

Probes::~Probes() {
  Detach();
  go_programs_.reset();
  plaincap_bpf__destroy(skeleton_);
}

void Probes::SetWatch(uint32_t tgid, watch watch) {
  const uint8_t value = watch;
  BpfLog log;
  log.Check(bpf_map__update_elem(skeleton_->maps.watched, &tgid, sizeof(tgid), &value,
                                 sizeof(value), BPF_ANY),
            "watching process " + std::to_string(tgid));
}

bool Probes::IsWatched(uint32_t tgid) const {
  uint8_t value = 0;
  return watches_all() || bpf_map__lookup_elem(skeleton_->maps.watched, &tgid, sizeof(tgid), &value,
                                               sizeof(value), 0) == 0;
}

void Probes::Attach(const std::string& path, uint16_t library,
                    const std::vector<ProbePoint>& points, bool has_old_sessions) {
  const auto& programs = skeleton_->progs;
  // Returns first: an entry without its return probe would leave an open call behind.
  const struct {
    bpf_program* program;
    bool at_return;
    std::vector<call_shape> shapes;
  } groups[] = {
      {programs.tls_call_return, true, kCallShapes},
      {programs.tls_call_entry, false, kCallShapes},
      {programs.tls_call_return, true, kLayerShapes},
      {programs.layer_call_entry, false, kLayerShapes},
      {programs.handshake_return, true, kHandshakeShapes},
      {programs.handshake_entry, false, kHandshakeShapes},
      {programs.alpn_return, true, kAlpnShapes},
      {programs.tls_call_entry, false, kAlpnShapes},
      {programs.alpn_return, true, kAlpnSelectShapes},
      {programs.alpn_select_entry, false, kAlpnSelectShapes},
      {programs.bio_pop_entry, false, {SHAPE_BIO_POP}},
      {programs.new_layer_return, true, {SHAPE_NEW_LAYER}},
      {programs.tls_free_entry, false, {SHAPE_FREE}},
      {programs.tls_set_fd_entry, false, {SHAPE_SET_FD, SHAPE_SET_POINTER}},
      {programs.ssl_set_bio_entry, false, {SHAPE_SET_BIO}},
      {programs.bio_new_socket_return, true, {SHAPE_NEW_SOCKET}},
      {programs.bio_new_socket_entry, false, {SHAPE_NEW_SOCKET}},
      {programs.bio_write_entry, false, {SHAPE_BIO_WRITE}},
  };
  for (const auto& [program, at_return, shapes] : groups) {
    links_.AddUprobes(program, at_return, path, library, PointsOf(points, shapes));
  }
  AttachGo(path, library, points);
  const OldSessionPoints old = {path, library, PointsOf(points, {SHAPE_BIO_READ})};
  if (!old_sessions_ || !has_old_sessions || old.points.empty()) return;
  old_session_points_.push_back(old);
  if (!old_session_links_.empty()) AttachOldSessionPoints(old);
}

void Probes::AttachGo(const std::string& path, uint16_t library,
                      const std::vector<ProbePoint>& points) {
  const std::vector<ProbePoint> returns = PointsOf(points, kGoReturnShapes, true);
  if (returns.empty()) return;
  LoadGoPrograms();
  __atomic_store_n(&skeleton_->bss->has_go_programs, 1, __ATOMIC_SEQ_CST);
  const auto& programs = skeleton_->progs;
  const LaterPrograms& loaded = *go_programs_;
  links_.AddUprobes(loaded[programs.go_return], false, path, library, returns);
  links_.AddUprobes(loaded[programs.go_write_entry], false, path, library,
                    PointsOf(points, {SHAPE_GO_WRITE}));
  links_.AddUprobes(loaded[programs.go_entry], false, path, library, PointsOf(points, kGoShapes));
}

void Probes::LoadGoPrograms() {
  if (go_programs_) return;
  size_t size = 0;
  const auto* file = static_cast<const char*>(plaincap_bpf__elf_bytes(&size));
  go_programs_.emplace(skeleton_->obj, std::string_view(file, size), GoPrograms(*skeleton_));
}

void Probes::AttachOldSessionPoints(const OldSessionPoints& old) {
  const auto& programs = skeleton_->progs;
  old_session_links_.AddUprobes(programs.bio_read_return, true, old.path, old.library, old.points);
  old_session_links_.AddUprobes(programs.bio_read_entry, false, old.path, old.library, old.points);
}

void Probes::Stop() { __atomic_store_n(&skeleton_->bss->stopped, 1, __ATOMIC_SEQ_CST); }

void Probes::SeekOldSessions() {
  if (!old_sessions_ || !old_session_links_.empty()) return;
  old_session_links_.Add(AttachProgram(ReceiptProgram()));
  for (const OldSessionPoints& old : old_session_points_) {
    try {
      AttachOldSessionPoints(old);
    } catch (const ProbeError&) {
      // The library's file is gone, and with it the sessions that could be old.
    }
  }
}

bpf_program* Probes::ReceiptProgram() const {
  if (connection_source_ == ConnectionSource::kKprobe) return skeleton_->progs.receive_return;
  return system_call_events_ ? skeleton_->progs.syscall_exit_event : skeleton_->progs.syscall_exit;
}

bpf_link* Probes::AttachProgram(bpf_program* program) const {
  BpfLog log;
  bpf_link* link = bpf_program__type(program) == BPF_PROG_TYPE_TRACEPOINT
                       ? system_call_events_->Attach(program)
                       : bpf_program__attach(program);
  log.Check(link == nullptr ? -errno : 0, "attaching the BPF programs");
  return link;
}

void Probes::Settle() { old_session_links_.Destroy(); }

void Probes::Detach() {
  BpfLog log;
  Settle();
  links_.Destroy();
  plaincap_bpf__detach(skeleton_);
}

bool Probes::watches_all() const { return skeleton_->rodata->config.watch_all != 0; }

int Probes::watched_fd() const { return bpf_map__fd(skeleton_->maps.watched); }

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
    sum.contradictions += one.contradictions;
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
