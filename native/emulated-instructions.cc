// SPDX-License-Identifier: MIT
#include "emulated-instructions.h"

#include <algorithm>
#include <iterator>

namespace plaincap {

// As branch_setup_xol_insn() and push_setup_xol_insn() of Linux's arch/x86/kernel/uprobes.c; NOPs
// of five bytes since 6.18.
bool IsEmulated(std::span<const uint8_t> code) {
  constexpr uint8_t kNop5[] = {0x0f, 0x1f, 0x44, 0x00, 0x00};
  if (code.size() < 2) return false;
  const uint8_t first = code[0];
  const uint8_t second = code[1];
  const auto is_push = [](uint8_t opcode) { return opcode >= 0x50 && opcode <= 0x57; };
  return is_push(first) || (first == 0x41 && is_push(second)) ||  // PUSH, of R8 to R15 too
         first == 0xe8 || first == 0xe9 || first == 0xeb ||       // CALL, JMP
         (first >= 0x70 && first <= 0x7f) ||                      // Jcc
         (first == 0x0f && second >= 0x80 && second <= 0x8f) ||   // Jcc
         first == 0x90 || (first == 0x66 && second == 0x90) ||    // NOP
         (code.size() >= sizeof(kNop5) && std::equal(kNop5, std::end(kNop5), code.begin()));
}

}  // namespace plaincap
