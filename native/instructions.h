// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_INSTRUCTIONS_H_
#define PLAINCAP_INSTRUCTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace plaincap {

// General registers as x86-64 numbers them (Intel SDM, volume 2, table 3-1).
enum class Register : int8_t { kNone = -1, kRsp = 4, kR14 = 14 };

// What probes want to know of an instruction.
struct Instruction {
  size_t offset;  // from the begin of the code
  size_t length;  // bytes
  bool is_return;
  bool is_compare;
  bool is_conditional_jump;
  // Its operand in memory, if it has one: [base + displacement], without an index.
  Register base;
  int64_t displacement;
};

// Calls `visit` for each instruction of x86-64 code, in the order in which they stand, until it
// returns false. False if there are bytes that are no instruction, or a part of one.
bool WalkInstructions(std::span<const uint8_t> code,
                      const std::function<bool(const Instruction&)>& visit);

}  // namespace plaincap

#endif  // PLAINCAP_INSTRUCTIONS_H_
