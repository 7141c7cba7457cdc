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
    Instruction instruction = {
        .offset = offset,
        .length = decoded.length,
        .is_return = decoded.mnemonic == ZYDIS_MNEMONIC_RET,
        .is_compare = decoded.mnemonic == ZYDIS_MNEMONIC_CMP,
        .is_conditional_jump = decoded.meta.category == ZYDIS_CATEGORY_COND_BR,
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
