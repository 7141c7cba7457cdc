// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_INSTRUCTIONS_H_
#define PLAINCAP_INSTRUCTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace plaincap {

// General registers as x86-64 numbers them (Intel SDM, volume 2, table 3-1).
enum class Register : int8_t {
  kNone = -1,
  kRcx = 1,
  kRdx = 2,
  kRsp = 4,
  kRsi = 6,
  kRdi = 7,
  kR8 = 8,
  kR9 = 9,
  kR14 = 14,
};

constexpr uint32_t RegisterBit(Register one) { return 1u << static_cast<int>(one); }

// Of a function's call (System V ABI for x86-64, section 3.2.3).
inline constexpr uint32_t kArgumentRegisters =
    RegisterBit(Register::kRdi) | RegisterBit(Register::kRsi) | RegisterBit(Register::kRdx) |
    RegisterBit(Register::kRcx) | RegisterBit(Register::kR8) | RegisterBit(Register::kR9);

// What probes want to know of an instruction.
struct Instruction {
  size_t offset;  // from the begin of the code
  size_t length;  // bytes
  bool is_return;
  bool is_compare;
  bool is_conditional_jump;
  bool is_jump;  // the others
  bool is_call;
  // Of a jump or call that names its target: where that is, from the begin of the code.
  std::optional<int64_t> target;
  // General registers of which it may change a part, a RegisterBit each.
  uint32_t written;
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
