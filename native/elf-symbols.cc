// SPDX-License-Identifier: MIT
#include "elf-symbols.h"

#include <elf.h>
#include <errno.h>

#include <bitset>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>

#include "elf-file.h"

namespace plaincap {

namespace {

// Tells from the first two bytes of a name that it is not wanted, as of nearly all: node has
// 200,000 functions, and a program runs on while its symbols are read.
class NameFilter {
 public:
  explicit NameFilter(const std::unordered_map<std::string, std::optional<uint64_t>>& wanted) {
    for (const auto& [name, offset] : wanted) beginnings_.set(Beginning(name.c_str()));
  }
  bool MayBeWanted(const char* name) const { return beginnings_.test(Beginning(name)); }

 private:
  static size_t Beginning(const char* name) {
    return static_cast<uint8_t>(name[0]) << 8 | (name[0] == 0 ? 0 : static_cast<uint8_t>(name[1]));
  }
  std::bitset<65536> beginnings_;
};

void CollectSymbols(const ElfFile& file, const ElfFile::Section& section,
                    std::unordered_map<std::string, std::optional<uint64_t>>* wanted) {
  Elf_Data* data = elf_getdata(section.handle, nullptr);
  Elf_Data* names = elf_getdata(elf_getscn(file.elf(), section.header.sh_link), nullptr);
  if (data == nullptr || section.header.sh_entsize == 0) return;
  if (names == nullptr || names->d_size == 0) return;
  const char* name_bytes = static_cast<const char*>(names->d_buf);
  if (name_bytes[names->d_size - 1] != 0) return;
  const NameFilter filter(*wanted);
  const size_t count = section.header.sh_size / section.header.sh_entsize;
  for (size_t i = 0; i < count; i++) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC)) continue;
    if (symbol.st_name >= names->d_size) continue;
    const char* name = name_bytes + symbol.st_name;
    if (!filter.MayBeWanted(name)) continue;
    const auto found = wanted->find(name);
    if (found != wanted->end() && !found->second) found->second = file.FileOffset(symbol.st_value);
  }
}

}  // namespace

Napi::Error FileError(Napi::Env env, const std::system_error& cause, const std::string& path) {
  const int code = cause.code().value();
  Napi::Error error = Napi::Error::New(env, path + ": " + strerror(code));
  const char* name = code == ENOEXEC ? "ENOEXEC" : strerrorname_np(code);
  error.Set("code", Napi::String::New(env, name != nullptr ? name : "EIO"));
  return error;
}

Napi::Value ReadSymbols(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>();
  const auto names = info[1].As<Napi::Array>();
  std::unordered_map<std::string, std::optional<uint64_t>> wanted;
  for (uint32_t i = 0; i < names.Length(); i++) {
    wanted.emplace(names.Get(i).As<Napi::String>().Utf8Value(), std::nullopt);
  }

  auto result = Napi::Object::New(env);
  try {
    const ElfFile file(path);
    for (const ElfFile::Section& section : file.sections()) {
      const auto type = section.header.sh_type;
      if (type == SHT_DYNSYM || type == SHT_SYMTAB) CollectSymbols(file, section, &wanted);
    }
    result.Set("buildId", ReadBuildId(file));
  } catch (const std::system_error& error) {
    throw FileError(env, error, path);
  }

  auto symbols = Napi::Array::New(env);
  for (const auto& [name, offset] : wanted) {
    if (!offset) continue;
    auto symbol = Napi::Object::New(env);
    symbol.Set("name", name);
    symbol.Set("offset", static_cast<double>(*offset));
    symbols.Set(symbols.Length(), symbol);
  }
  result.Set("symbols", symbols);
  return result;
}

}  // namespace plaincap
