// SPDX-License-Identifier: MIT
#include "shared-function.h"

#include <elf.h>

#include <vector>

#include "instructions.h"

namespace plaincap {

namespace {

// No function that only passes on its arguments is longer.
constexpr uint64_t kFunctionMaxBytes = 4096;

// A call, by offsets from the begin of its function.
struct Call {
  int64_t target;
  int64_t next;  // of the instruction behind it
};

// The first call, if nothing before it changes an argument or branches, nothing behind it leads
// back, and its target is called once.
std::optional<Call> FindForwardingCall(const std::vector<uint8_t>& code) {
  std::optional<Call> call;
  bool forwards = true;
  const bool whole = WalkInstructions(code, [&](const Instruction& instruction) {
    const bool branches = instruction.is_jump || instruction.is_conditional_jump;
    if (call) {
      if (instruction.target == call->target) forwards = false;
      if (branches && (!instruction.target || *instruction.target < call->next)) forwards = false;
    } else if (instruction.is_call && instruction.target) {
      call = {.target = *instruction.target,
              .next = static_cast<int64_t>(instruction.offset + instruction.length)};
    } else if (branches || instruction.is_call || instruction.is_return ||
               (instruction.written & kArgumentRegisters) != 0) {
      forwards = false;
    }
    return forwards;
  });
  return whole && forwards ? call : std::nullopt;
}

bool HasCallTo(const std::vector<uint8_t>& code, int64_t target) {
  bool found = false;
  WalkInstructions(code, [&](const Instruction& instruction) {
    found = instruction.is_call && instruction.target == target;
    return !found;
  });
  return found;
}

}  // namespace

std::optional<SharedFunction> FindSharedFunction(const ElfFile& file, const FunctionRange& forwards,
                                                 const FunctionRange& calls) {
  if (file.machine() != EM_X86_64 || forwards.size > kFunctionMaxBytes ||
      calls.size > kFunctionMaxBytes) {
    return std::nullopt;
  }
  const auto call = FindForwardingCall(file.ReadImage(forwards.address, forwards.size));
  if (!call) return std::nullopt;
  const uint64_t address = forwards.address + static_cast<uint64_t>(call->target);
  if (!HasCallTo(file.ReadImage(calls.address, calls.size),
                 static_cast<int64_t>(address - calls.address))) {
    return std::nullopt;
  }
  return SharedFunction{
      .address = address,
      .return_address = forwards.address + static_cast<uint64_t>(call->next),
  };
}

}  // namespace plaincap
