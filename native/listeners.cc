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
bool HasListener(const std::string& path, uint16_t port) {
  std::ifstream table(path);
  std::string line;
  while (std::getline(table, line)) {
    unsigned local_port = 0;
    unsigned state = 0;
    if (sscanf(line.c_str(), " %*d: %*[0-9A-F]:%4x %*[0-9A-F]:%*4x %2x", &local_port, &state) ==
            2 &&
        local_port == port && state == kListen) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool IsListening(uint32_t tgid, uint16_t port) {
  const std::string folder = "/proc/" + std::to_string(tgid) + "/net/";
  return HasListener(folder + "tcp", port) || HasListener(folder + "tcp6", port);
}

}  // namespace plaincap
