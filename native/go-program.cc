// SPDX-License-Identifier: MIT
#include "go-program.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "elf-file.h"
#include "elf-symbols.h"
#include "go-pclntab.h"
#include "instructions.h"

namespace plaincap {

namespace {

// Where probes of a function go, by offsets in the file.
struct ProbedFunction {
  uint64_t offset;
  std::vector<uint64_t> returns;
};

using ProbedFunctions = std::map<std::string, ProbedFunction>;

// Why no function of a Go program can be probed.
class Unsupported : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

constexpr uint64_t kFunctionMaxBytes = 1 << 20;
constexpr uint64_t kStringMaxBytes = 256;

std::string ReadString(const ElfFile& file, uint64_t offset, uint64_t length) {
  const std::vector<uint8_t> bytes = file.Read(offset, std::min(length, kStringMaxBytes));
  return {bytes.begin(), bytes.end()};
}

// The first string of .go.buildinfo: Go's src/debug/buildinfo. Empty if it cannot be read.
std::string ReadGoVersion(const ElfFile& file) {
  constexpr char kMagic[] = "\xff Go buildinf:";
  constexpr size_t kFlags = 15;
  constexpr uint8_t kStringsInline = 2;  // since Go 1.18
  constexpr size_t kPointer = 16;
  constexpr size_t kString = 32;
  const ElfFile::Section* section = file.FindSection(".go.buildinfo");
  if (section == nullptr) return "";
  const std::vector<uint8_t> head = file.Read(section->header.sh_offset, kString + 2);
  if (head.size() < kString + 2 || memcmp(head.data(), kMagic, sizeof(kMagic) - 1) != 0) return "";
  if ((head[kFlags] & kStringsInline) != 0) {
    // Its length stands before it as a varint, here of one or two bytes.
    const bool two = (head[kString] & 0x80) != 0;
    const uint64_t length = two ? (head[kString] & 0x7f) | head[kString + 1] << 7 : head[kString];
    return ReadString(file, section->header.sh_offset + kString + (two ? 2 : 1), length);
  }
  // A pointer to a string's own pointer and length.
  const auto string = file.ReadPointer(section->header.sh_addr + kPointer);
  const auto text = string ? file.ReadPointer(*string) : std::nullopt;
  const auto length = string ? file.ReadPointer(*string + sizeof(uint64_t)) : std::nullopt;
  const auto offset = text ? file.FileOffset(*text) : std::nullopt;
  return offset && length ? ReadString(file, *offset, *length) : "";
}

// Of struct moduledata in Go's src/runtime/symtab.go, since Go 1.18.
constexpr size_t kModuleTextWord = 22;

// Where the code begins, as the runtime's moduledata says: it is known by its first word, a pointer
// to the function table.
std::optional<uint64_t> TextOfModule(const ElfFile& file, uint64_t pclntab) {
  const ElfFile::Section* section = file.FindSection(".go.module");  // since Go 1.26
  if (section == nullptr || file.ReadPointer(section->header.sh_addr) != pclntab) {
    return std::nullopt;
  }
  return file.ReadPointer(section->header.sh_addr + kModuleTextWord * sizeof(uint64_t));
}

// A function of the register ABI begins by comparing its stack with the limit in the goroutine,
// which R14 points to: stackguard0 of struct g (Go's src/runtime/runtime2.go). If the stack has to
// grow it jumps away, and begins anew: what stands behind the jump runs once a call, while the
// arguments are still in registers and the stack pointer is that of the entry. This is its offset
// from the first instruction; none if the function does not begin so.
std::optional<size_t> FindStart(const std::vector<uint8_t>& code) {
  constexpr int kInstructionsBefore = 3;
  constexpr int64_t kStackGuard = 16;
  bool compared = false;
  int seen = 0;
  std::optional<size_t> start;
  WalkInstructions(code, [&](const Instruction& instruction) {
    if (compared) {
      if (instruction.is_conditional_jump) start = instruction.offset + instruction.length;
      return false;
    }
    compared = instruction.is_compare && instruction.base == Register::kR14 &&
               instruction.displacement == kStackGuard;
    return ++seen <= kInstructionsBefore || compared;
  });
  return start;
}

std::optional<ProbedFunctions> LocateFrom(const ElfFile& file, uint64_t text_start,
                                          const std::map<std::string, Pclntab::Function>& table) {
  ProbedFunctions located;
  for (const auto& [name, function] : table) {
    const uint64_t address = text_start + function.entry;
    const auto offset = file.FileOffset(address);
    if (!offset || function.size > kFunctionMaxBytes) return std::nullopt;
    const std::vector<uint8_t> code = file.ReadImage(address, function.size);
    const auto start = FindStart(code);
    if (!start) return std::nullopt;
    ProbedFunction probed = {.offset = *offset + *start, .returns = {}};
    const bool whole = WalkInstructions(code, [&](const Instruction& instruction) {
      if (instruction.is_return) probed.returns.push_back(*offset + instruction.offset);
      return true;
    });
    if (!whole) throw Unsupported("the code of " + name + " holds unknown instructions");
    if (probed.returns.empty()) throw Unsupported(name + " never returns");
    located.emplace(name, probed);
  }
  return located;
}

ProbedFunctions Locate(const ElfFile& file, uint64_t address, const std::set<std::string>& names) {
  const Pclntab pclntab(file, address);
  const auto table = pclntab.Find(names);
  if (table.empty()) return {};
  std::vector<uint64_t> starts;
  if (pclntab.has_addresses()) {
    starts.push_back(0);
  } else {
    if (pclntab.text_start() != 0) starts.push_back(pclntab.text_start());
    const auto of_module = TextOfModule(file, address);
    if (of_module) starts.push_back(*of_module);
    // Right where no code of other languages was linked before Go's.
    const ElfFile::Section* text = file.FindSection(".text");
    if (text != nullptr) starts.push_back(text->header.sh_addr);
  }
  for (const uint64_t start : starts) {
    const auto located = LocateFrom(file, start, table);
    if (located) return *located;
  }
  throw Unsupported("its functions do not take arguments in registers as those of Go 1.17 do");
}

// Throws Unsupported and PclntabError.
ProbedFunctions LocateInProgram(const ElfFile& file, uint64_t pclntab,
                                const std::set<std::string>& names) {
  if (file.machine() != EM_X86_64) throw Unsupported("it is not a program for x86-64");
  return Locate(file, pclntab, names);
}

Napi::Array ToJavaScript(Napi::Env env, const ProbedFunctions& functions) {
  auto symbols = Napi::Array::New(env);
  for (const auto& [name, function] : functions) {
    auto returns = Napi::Array::New(env);
    for (const uint64_t offset : function.returns) {
      returns.Set(returns.Length(), static_cast<double>(offset));
    }
    auto symbol = Napi::Object::New(env);
    symbol.Set("name", name);
    symbol.Set("offset", static_cast<double>(function.offset));
    symbol.Set("returns", returns);
    symbols.Set(symbols.Length(), symbol);
  }
  return symbols;
}

}  // namespace

Napi::Value ReadGoProgram(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>();
  const std::set<std::string> names = ToNames(info[1]);
  try {
    const ElfFile file(path);
    const auto pclntab = FindPclntab(file);
    if (!pclntab) return env.Undefined();
    auto result = Napi::Object::New(env);
    const auto is_table = [](const ElfFile::Section& one) {
      return one.header.sh_type == SHT_SYMTAB;
    };
    result.Set("version", ReadGoVersion(file));
    result.Set("buildId", ReadBuildId(file));
    result.Set("stripped", std::none_of(file.sections().begin(), file.sections().end(), is_table));
    ProbedFunctions functions;
    try {
      functions = LocateInProgram(file, *pclntab, names);
    } catch (const std::runtime_error& error) {
      result.Set("reason", error.what());
    }
    result.Set("symbols", ToJavaScript(env, functions));
    return result;
  } catch (const std::system_error& error) {
    throw FileError(env, error, path);
  }
}

}  // namespace plaincap
