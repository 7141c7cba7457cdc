// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_LISTENERS_H_
#define PLAINCAP_LISTENERS_H_

#include <cstdint>

namespace plaincap {

enum class Listening { kYes, kNo, kUnknown };

// Whether a TCP socket listens on the port in the network namespace of a process: then a
// connection from that port is a server's. Unknown if the process is gone.
Listening FindListener(uint32_t tgid, uint16_t port);

}  // namespace plaincap

#endif  // PLAINCAP_LISTENERS_H_
