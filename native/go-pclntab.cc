// SPDX-License-Identifier: MIT
#include "go-pclntab.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>

namespace plaincap {

namespace {

// PCLnTabMagic of Go's src/internal/abi/symtab.go.
constexpr uint32_t kMagicGo12 = 0xfffffffb;
constexpr uint32_t kMagicGo116 = 0xfffffffa;
constexpr uint32_t kMagicGo118 = 0xfffffff0;
constexpr uint32_t kMagicGo120 = 0xfffffff1;

constexpr size_t kHeadBytes = 8;
constexpr size_t kHeaderWords = 8;
constexpr size_t kHeaderBytes = kHeadBytes + kHeaderWords * sizeof(uint64_t);

// More than any program has; a damaged file is told instead of read into memory.
constexpr uint64_t kFunctionsMax = 1 << 24;
constexpr uint64_t kTableMaxBytes = 1ULL << 31;

// Where linkers put the table: by itself, or in a PIE of an external linker among other data.
constexpr const char* kOwnSections[] = {".gopclntab", ".data.rel.ro.gopclntab"};
constexpr const char* kSharedSections[] = {".data.rel.ro", ".rodata"};
constexpr size_t kAlignment = 8;

template <typename T>
std::optional<T> Get(const std::vector<uint8_t>& bytes, uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

bool IsHead(const uint8_t* head) {
  uint32_t magic = 0;
  memcpy(&magic, head, sizeof(magic));
  const bool known =
      magic == kMagicGo12 || magic == kMagicGo116 || magic == kMagicGo118 || magic == kMagicGo120;
  // Two zeros, the size of the shortest instruction, the size of a pointer.
  return known && head[4] == 0 && head[5] == 0 && head[6] == 1 && head[7] == sizeof(uint64_t);
}

std::optional<uint64_t> SearchHead(const ElfFile& file, const GElf_Shdr& section) {
  constexpr uint64_t kPart = 1 << 20;
  for (uint64_t done = 0; done < section.sh_size; done += kPart) {
    const std::vector<uint8_t> part =
        file.Read(section.sh_offset + done, std::min(kPart, section.sh_size - done));
    if (part.empty()) break;
    for (size_t at = 0; at + kHeadBytes <= part.size(); at += kAlignment) {
      if (IsHead(part.data() + at)) return section.sh_addr + done + at;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<uint64_t> FindPclntab(const ElfFile& file) {
  for (const char* name : kOwnSections) {
    const ElfFile::Section* section = file.FindSection(name);
    if (section != nullptr) return section->header.sh_addr;
  }
  if (file.FindSection(".go.buildinfo") == nullptr) return std::nullopt;
  for (const char* name : kSharedSections) {
    const ElfFile::Section* section = file.FindSection(name);
    if (section == nullptr || section->header.sh_type == SHT_NOBITS) continue;
    const auto found = SearchHead(file, section->header);
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<Pclntab::Layout> Pclntab::LayoutOf(uint32_t magic) {
  switch (magic) {
    case kMagicGo116:
      return Layout{.has_addresses = true,
                    .text_word = 0,
                    .names_word = 2,
                    .names_end_word = 3,
                    .functions_word = 6,
                    .field_bytes = 8,
                    .name_position = 8};
    case kMagicGo118:
    case kMagicGo120:
      return Layout{.has_addresses = false,
                    .text_word = 2,
                    .names_word = 3,
                    .names_end_word = 4,
                    .functions_word = 7,
                    .field_bytes = 4,
                    .name_position = 4};
    default:
      return std::nullopt;
  }
}

Pclntab::Pclntab(const ElfFile& file, uint64_t address) : file_(file), address_(address) {
  const std::vector<uint8_t> header = file.ReadImage(address, kHeaderBytes);
  if (header.empty()) throw PclntabError("its function table is cut off");
  if (Get<uint32_t>(header, 0) == kMagicGo12) {
    throw PclntabError("it was built by a Go older than 1.17");
  }
  const auto layout = LayoutOf(*Get<uint32_t>(header, 0));
  if (!layout || !IsHead(header.data())) {
    throw PclntabError("its function table has an unknown format");
  }
  layout_ = *layout;
  const auto word = [&header](unsigned index) {
    return *Get<uint64_t>(header, kHeadBytes + index * sizeof(uint64_t));
  };
  function_count_ = word(0);
  names_ = word(layout_.names_word);
  names_end_ = word(layout_.names_end_word);
  functions_ = word(layout_.functions_word);
  if (function_count_ > kFunctionsMax || names_ > names_end_ || names_end_ > kTableMaxBytes ||
      functions_ > kTableMaxBytes) {
    throw PclntabError("its function table is damaged");
  }
  if (!layout_.has_addresses) {
    text_start_ =
        file.ReadPointer(address + kHeadBytes + layout_.text_word * sizeof(uint64_t)).value_or(0);
  }
}

uint64_t Pclntab::Field(const std::vector<uint8_t>& table, uint64_t index) const {
  const uint64_t offset = index * layout_.field_bytes;
  return layout_.field_bytes == sizeof(uint32_t) ? Get<uint32_t>(table, offset).value_or(0)
                                                 : Get<uint64_t>(table, offset).value_or(0);
}

Pclntab::Function Pclntab::FunctionAt(const std::vector<uint8_t>& table, uint64_t index) const {
  // Fields alternate: entry, offset of the struct _func; at the end stands the end of the code.
  uint64_t entry = Field(table, 2 * index);
  uint64_t end = Field(table, 2 * index + 2);
  if (layout_.has_addresses) {
    const uint64_t at = address_ + functions_ + 2 * index * layout_.field_bytes;
    entry = file_.ReadPointer(at).value_or(0);
    end = file_.ReadPointer(at + 2 * layout_.field_bytes).value_or(0);
  }
  if (end <= entry) throw PclntabError("its function table is damaged");
  return {.entry = entry, .size = end - entry};
}

std::map<std::string, Pclntab::Function> Pclntab::Find(const std::set<std::string>& wanted) const {
  const std::vector<uint8_t> names = file_.ReadImage(address_ + names_, names_end_ - names_);
  const uint64_t table_bytes = (2 * function_count_ + 1) * layout_.field_bytes;
  const std::vector<uint8_t> table = file_.ReadImage(address_ + functions_, table_bytes);
  if (names.empty() || table.empty()) throw PclntabError("its function table is cut off");

  // Each name ends with a NUL, and stands once.
  const std::string_view text(reinterpret_cast<const char*>(names.data()), names.size());
  std::unordered_map<uint32_t, std::string> by_offset;
  for (const std::string& name : wanted) {
    const std::string whole = '\0' + name + '\0';
    const size_t found = text.find(whole);
    if (found != std::string_view::npos) by_offset.emplace(found + 1, name);
  }
  std::map<std::string, Function> functions;
  if (by_offset.empty()) return functions;

  // The structs stand in the order of the functions: the last one is the furthest.
  const uint64_t structs_end =
      Field(table, 2 * function_count_ - 1) + layout_.name_position + sizeof(uint32_t);
  if (structs_end > kTableMaxBytes) throw PclntabError("its function table is damaged");
  const std::vector<uint8_t> structs = file_.ReadImage(address_ + functions_, structs_end);
  if (structs.empty()) throw PclntabError("its function table is cut off");
  for (uint64_t i = 0; i < function_count_ && functions.size() < by_offset.size(); i++) {
    const uint64_t at = Field(table, 2 * i + 1);
    const auto name = Get<uint32_t>(structs, at + layout_.name_position);
    if (!name) throw PclntabError("its function table is damaged");
    const auto found = by_offset.find(*name);
    if (found != by_offset.end()) functions.emplace(found->second, FunctionAt(table, i));
  }
  return functions;
}

}  // namespace plaincap
