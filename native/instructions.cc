// SPDX-License-Identifier: MIT
#include "instructions.h"

#include <Zydis/Decoder.h>
#include <Zydis/Register.h>

namespace plaincap {

namespace {

// Sets base and displacement to those of the first operand in memory.
void ReadMemoryOperand(const ZydisDecodedInstruction& decoded,
                       std::span<const ZydisDecodedOperand> operands, Instruction* instruction) {
  for (const ZydisDecodedOperand& operand : operands.first(decoded.operand_count_visible)) {
    if (operand.type != ZYDIS_OPERAND_TYPE_MEMORY) continue;
    const ZydisDecodedOperandMem& memory = operand.mem;
    if (memory.base >= ZYDIS_REGISTER_RAX && memory.base <= ZYDIS_REGISTER_R15 &&
        memory.index == ZYDIS_REGISTER_NONE) {
      instruction->base = static_cast<Register>(memory.base - ZYDIS_REGISTER_RAX);
      instruction->displacement = memory.disp.value;
    }
    return;
  }
}

std::optional<int64_t> ReadTarget(std::span<const ZydisDecodedOperand> operands, size_t next) {
  for (const ZydisDecodedOperand& operand : operands) {
    if (operand.type != ZYDIS_OPERAND_TYPE_IMMEDIATE || !operand.imm.is_relative) continue;
    return static_cast<int64_t>(next) + operand.imm.value.s;
  }
  return std::nullopt;
}

uint32_t WrittenRegisters(std::span<const ZydisDecodedOperand> operands) {
  uint32_t written = 0;
  for (const ZydisDecodedOperand& operand : operands) {
    if (operand.type != ZYDIS_OPERAND_TYPE_REGISTER ||
        (operand.actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) == 0) {
      continue;
    }
    const ZydisRegister whole =
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, operand.reg.value);
    if (whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15) {
      written |= 1u << (whole - ZYDIS_REGISTER_RAX);
    }
  }
  return written;
}

}  // namespace

bool WalkInstructions(std::span<const uint8_t> code,
                      const std::function<bool(const Instruction&)>& visit) {
  ZydisDecoder decoder;
  ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  size_t offset = 0;
  while (offset < code.size()) {
    ZydisDecodedInstruction decoded;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.data() + offset, code.size() - offset,
                                             &decoded, operands))) {
      return false;
    }
    const auto all = std::span(operands).first(decoded.operand_count);
    Instruction instruction = {
        .offset = offset,
        .length = decoded.length,
        .is_return = decoded.mnemonic == ZYDIS_MNEMONIC_RET,
        .is_compare = decoded.mnemonic == ZYDIS_MNEMONIC_CMP,
        .is_conditional_jump = decoded.meta.category == ZYDIS_CATEGORY_COND_BR,
        .is_jump = decoded.meta.category == ZYDIS_CATEGORY_UNCOND_BR,
        .is_call = decoded.meta.category == ZYDIS_CATEGORY_CALL,
        .target = ReadTarget(all, offset + decoded.length),
        .written = WrittenRegisters(all),
        .base = Register::kNone,
        .displacement = 0,
    };
    ReadMemoryOperand(decoded, operands, &instruction);
    if (!visit(instruction)) return true;
    offset += decoded.length;
  }
  return true;
}

}  // namespace plaincap
