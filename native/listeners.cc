// SPDX-License-Identifier: MIT
#include "listeners.h"

#include <cstdio>
#include <fstream>
#include <string>

namespace plaincap {

namespace {

// TCP_LISTEN of include/net/tcp_states.h.
constexpr unsigned kListen = 0x0a;

// /proc/PID/net/tcp and tcp6: "  0: 0100007F:1F90 00000000:0000 0A ...", all hexadecimal.
Listening FindIn(const std::string& path, uint16_t port) {
  std::ifstream table(path);
  if (!table) return Listening::kUnknown;
  std::string line;
  while (std::getline(table, line)) {
    unsigned local_port = 0;
    unsigned state = 0;
    if (sscanf(line.c_str(), " %*d: %*[0-9A-F]:%4x %*[0-9A-F]:%*4x %2x", &local_port, &state) ==
            2 &&
        local_port == port && state == kListen) {
      return Listening::kYes;
    }
  }
  return Listening::kNo;
}

}  // namespace

Listening FindListener(uint32_t tgid, uint16_t port) {
  const std::string folder = "/proc/" + std::to_string(tgid) + "/net/";
  const Listening ipv4 = FindIn(folder + "tcp", port);
  // A kernel without IPv6 has no tcp6.
  return ipv4 == Listening::kNo && FindIn(folder + "tcp6", port) == Listening::kYes
             ? Listening::kYes
             : ipv4;
}

}  // namespace plaincap
