// SPDX-License-Identifier: MIT
#include "probe-plan.h"

#include <elf.h>

#include <algorithm>
#include <optional>
#include <span>

#include "emulated-instructions.h"
#include "instructions.h"

namespace plaincap {

namespace {

// Functions that call one without a symbol, which takes the arguments of the second.
constexpr struct {
  const char* calls;
  const char* forwards;
} kSharing[] = {
    {"SSL_read", "SSL_read_ex"},
    {"SSL_write", "SSL_write_ex"},
    {"SSL_write", "SSL_write_ex2"},  // since OpenSSL 3.3
    {"BIO_write", "BIO_write_ex"},
};

struct Entry {
  uint64_t address;
  bool is_emulated;
};

// Of a function without a symbol, which need not be as long.
constexpr uint64_t kUnknownSizeBytes = 64;
constexpr uint64_t kFunctionMaxBytes = 64 * 1024;

// Whether the arguments or the stack are not those of the call any more behind it.
bool ChangesCall(const Instruction& instruction) {
  constexpr uint32_t kKept = kArgumentRegisters | RegisterBit(Register::kRsp);
  return instruction.is_jump || instruction.is_conditional_jump || instruction.is_call ||
         instruction.is_return || (instruction.written & kKept) != 0;
}

// The first instruction that the kernel emulates, if those before it leave the arguments and the
// stack as they are at the call, and nothing leads back to it.
Entry PlanEntry(const ElfFile& file, const FunctionRange& function) {
  const Entry begin = {function.address, false};
  if (file.machine() != EM_X86_64) return begin;
  const uint64_t size = function.size == 0 ? kUnknownSizeBytes : function.size;
  const auto code = file.ReadImage(function.address, std::min(size, kFunctionMaxBytes));
  std::optional<int64_t> entry;
  WalkInstructions(code, [&](const Instruction& instruction) {
    if (!entry && IsEmulated(std::span(code).subspan(instruction.offset))) {
      entry = static_cast<int64_t>(instruction.offset);
    }
    if (!entry) return !ChangesCall(instruction);
    if (instruction.target && *instruction.target > 0 && *instruction.target <= *entry) {
      entry.reset();
      return false;
    }
    return *entry != 0;
  });
  return entry ? Entry{function.address + static_cast<uint64_t>(*entry), true} : begin;
}

}  // namespace

std::map<std::string, PlannedProbe> PlanProbes(const ElfFile& file,
                                               const FunctionRanges& functions) {
  std::map<std::string, PlannedProbe> plan;
  for (const auto& [name, range] : functions) {
    plan[name] = {.address = PlanEntry(file, range).address};
  }
  for (const auto& [calls, forwards] : kSharing) {
    const auto first = functions.find(calls);
    const auto second = functions.find(forwards);
    if (first == functions.end() || second == functions.end()) continue;
    const auto shared = FindSharedFunction(file, second->second, first->second);
    if (!shared) continue;
    const Entry entry = PlanEntry(file, {.address = shared->address, .size = 0});
    if (!entry.is_emulated) continue;
    const PlannedProbe probe = {
        .address = entry.address,
        .probed_as = forwards,
        .return_distance = static_cast<int32_t>(shared->return_address - entry.address),
    };
    plan[calls] = probe;
    plan[forwards] = probe;
  }
  return plan;
}

}  // namespace plaincap
