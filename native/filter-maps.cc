// SPDX-License-Identifier: MIT
#include "filter-maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "bpf-log.h"
#include "events.h"
#include "plaincap.skel.h"

namespace plaincap {

namespace {

// A file or folder to name to the kernel: nothing of it is read.
struct OpenFile {
  explicit OpenFile(const std::string& path) : fd(open(path.c_str(), O_PATH | O_CLOEXEC)) {}
  ~OpenFile() {
    if (fd >= 0) close(fd);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  const int fd;
};

void AddHosts(const plaincap_bpf& skeleton, const std::vector<host_prefix>& hosts) {
  BpfLog log;
  const auto add = [&](const host_prefix& host, uint8_t is_asked_for) {
    log.Check(bpf_map__update_elem(skeleton.maps.hosts, &host, sizeof(host), &is_asked_for,
                                   sizeof(is_asked_for), BPF_ANY),
              "filtering by host");
  };
  // IPv4 is below ::ffff:0:0/96 there, but in no network of IPv6 that a user names.
  host_prefix ipv4 = {.bits = 96};
  ipv4.address[10] = ipv4.address[11] = 0xff;
  add(ipv4, 0);
  for (const host_prefix& host : hosts) add(host, 1);
}

void AddCgroup(const plaincap_bpf& skeleton, uint32_t index, const std::string& path) {
  BpfLog log;
  const OpenFile folder(path);
  const uint32_t value = folder.fd;
  log.Check(folder.fd < 0 ? -errno
                          : bpf_map__update_elem(skeleton.maps.cgroups, &index, sizeof(index),
                                                 &value, sizeof(value), BPF_ANY),
            "filtering by the cgroup " + path);
}

void AddExecutable(const plaincap_bpf& skeleton, const std::string& path) {
  BpfLog log;
  const OpenFile file(path);
  if (file.fd < 0) return;  // It has gone since it was found.
  uint32_t fd = file.fd;
  LIBBPF_OPTS(bpf_test_run_opts, options);
  options.ctx_in = &fd;
  options.ctx_size_in = sizeof(fd);
  const std::string action = "filtering by the executable " + path;
  log.Check(bpf_prog_test_run_opts(bpf_program__fd(skeleton.progs.add_executable), &options),
            action);
  log.Check(static_cast<int>(options.retval), action);
}

}  // namespace

void FillFilterMaps(const plaincap_bpf& skeleton, const FilterOptions& filters) {
  AddHosts(skeleton, filters.hosts);
  for (uint32_t i = 0; i < filters.cgroups.size(); i++) AddCgroup(skeleton, i, filters.cgroups[i]);
  for (const std::string& path : filters.executables) AddExecutable(skeleton, path);
}

}  // namespace plaincap
