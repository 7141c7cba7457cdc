// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_LISTENERS_H_
#define PLAINCAP_LISTENERS_H_

#include <cstdint>
#include <map>
#include <set>

#include "events.h"

namespace plaincap {

// Who opened connections that are older than the capture: a server listens on their local port.
// Looked up once a network namespace, as a process may be gone when its connection is told of.
class Listeners {
 public:
  // Reads the listening ports of the namespaces that all processes have now.
  void ReadAll();
  // The same for the namespace of one process.
  void Read(uint32_t tgid);
  // Only a server that closed its listening socket is mistaken for a client. ROLE_UNKNOWN if the
  // namespace is gone, or not ours to look at.
  role RoleOf(uint32_t netns, uint32_t tgid, uint16_t local_port);

 private:
  void Read(uint32_t netns, uint32_t tgid);

  // Inode number of the namespace -> ports.
  std::map<uint32_t, std::set<uint16_t>> ports_;
};

}  // namespace plaincap

#endif  // PLAINCAP_LISTENERS_H_
