// SPDX-License-Identifier: MIT
#include "listeners.h"

#include <dirent.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace plaincap {

namespace {

// TCP_LISTEN of include/net/tcp_states.h.
constexpr unsigned kListen = 0x0a;

std::string ProcPath(uint32_t tgid, const char* name) {
  return "/proc/" + std::to_string(tgid) + "/" + name;
}

// 0 if the process is gone, or not ours to look at.
uint32_t NetnsOf(uint32_t tgid) {
  struct stat status;
  const bool found = stat(ProcPath(tgid, "ns/net").c_str(), &status) == 0;
  return found ? static_cast<uint32_t>(status.st_ino) : 0;
}

// /proc/PID/net/tcp and tcp6: "  0: 0100007F:1F90 00000000:0000 0A ...", all hexadecimal.
bool ReadPorts(const std::string& path, std::set<uint16_t>* ports) {
  std::ifstream table(path);
  std::string line;
  bool found = false;
  while (std::getline(table, line)) {
    found = true;
    unsigned port = 0;
    unsigned state = 0;
    if (sscanf(line.c_str(), " %*d: %*[0-9A-F]:%4x %*[0-9A-F]:%*4x %2x", &port, &state) == 2 &&
        state == kListen) {
      ports->insert(static_cast<uint16_t>(port));
    }
  }
  return found;
}

}  // namespace

void Listeners::ReadAll() {
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    const uint32_t tgid = static_cast<uint32_t>(strtoul(entry->d_name, nullptr, 10));
    if (tgid != 0) Read(tgid);
  }
  closedir(folder);
}

void Listeners::Read(uint32_t tgid) {
  const uint32_t netns = NetnsOf(tgid);
  if (netns != 0 && ports_.count(netns) == 0) Read(netns, tgid);
}

void Listeners::Read(uint32_t netns, uint32_t tgid) {
  std::set<uint16_t> ports;
  if (!ReadPorts(ProcPath(tgid, "net/tcp"), &ports)) return;
  // A kernel without IPv6 has none.
  ReadPorts(ProcPath(tgid, "net/tcp6"), &ports);
  ports_[netns] = std::move(ports);
}

role Listeners::RoleOf(uint32_t netns, uint32_t tgid, uint16_t local_port) {
  if (ports_.count(netns) == 0 && NetnsOf(tgid) == netns) Read(netns, tgid);
  const auto found = ports_.find(netns);
  if (found == ports_.end()) return ROLE_UNKNOWN;
  return found->second.count(local_port) > 0 ? ROLE_SERVER : ROLE_CLIENT;
}

}  // namespace plaincap
