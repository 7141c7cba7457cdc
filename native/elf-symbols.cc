// SPDX-License-Identifier: MIT
#include "elf-symbols.h"

#include <elf.h>
#include <errno.h>

#include <bitset>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "elf-file.h"
#include "probe-plan.h"

namespace plaincap {

namespace {

using WantedSymbols = std::unordered_map<std::string, std::optional<FunctionRange>>;

// Tells from the first two bytes of a name that it is not wanted, as of nearly all: node has
// 200,000 functions, and a program runs on while its symbols are read.
class NameFilter {
 public:
  explicit NameFilter(const WantedSymbols& wanted) {
    for (const auto& [name, range] : wanted) beginnings_.set(Beginning(name.c_str()));
  }
  bool MayBeWanted(const char* name) const { return beginnings_.test(Beginning(name)); }

 private:
  static size_t Beginning(const char* name) {
    return static_cast<uint8_t>(name[0]) << 8 | (name[0] == 0 ? 0 : static_cast<uint8_t>(name[1]));
  }
  std::bitset<65536> beginnings_;
};

void CollectSymbols(const ElfFile& file, const ElfFile::Section& section, WantedSymbols* wanted) {
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
    if (found == wanted->end() || found->second || !file.FileOffset(symbol.st_value)) continue;
    found->second = FunctionRange{.address = symbol.st_value, .size = symbol.st_size};
  }
}

// Of `wanted`, those that the file has.
FunctionRanges FindFunctions(const ElfFile& file, WantedSymbols wanted) {
  for (const ElfFile::Section& section : file.sections()) {
    const auto type = section.header.sh_type;
    if (type == SHT_DYNSYM || type == SHT_SYMTAB) CollectSymbols(file, section, &wanted);
  }
  FunctionRanges found;
  for (const auto& [name, range] : wanted) {
    if (range) found.emplace(name, *range);
  }
  return found;
}

// `told`: the functions that JavaScript is told of.
Napi::Object ToJavaScript(Napi::Env env, const ElfFile& file, const std::string& name,
                          const FunctionRange& function, const PlannedProbe& probe,
                          const std::set<std::string>& told) {
  const auto offset_of = [&file](uint64_t address) {
    return static_cast<double>(file.FileOffset(address).value_or(0));
  };
  auto symbol = Napi::Object::New(env);
  symbol.Set("name", name);
  symbol.Set("offset", offset_of(function.address));
  if (probe.address == function.address) return symbol;
  symbol.Set("probedAt", offset_of(probe.address));
  if (probe.probed_as == name) {
    symbol.Set("returnDistance", probe.return_distance);
  } else if (told.contains(probe.probed_as)) {
    symbol.Set("probedAs", probe.probed_as);
  }
  return symbol;
}

}  // namespace

std::set<std::string> ToNames(const Napi::Value& array) {
  const auto list = array.As<Napi::Array>();
  std::set<std::string> names;
  for (uint32_t i = 0; i < list.Length(); i++) names.insert(list.Get(i).As<Napi::String>());
  return names;
}

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
  const std::set<std::string> asked = ToNames(info[1]);
  WantedSymbols wanted;
  for (const std::string& name : asked) wanted.emplace(name, std::nullopt);
  for (const char* name : kPlanningFunctions) wanted.emplace(name, std::nullopt);
  try {
    const ElfFile file(path);
    const FunctionRanges functions = FindFunctions(file, std::move(wanted));
    const auto plan = PlanProbes(file, functions);
    auto symbols = Napi::Array::New(env);
    for (const auto& [name, function] : functions) {
      if (!asked.contains(name)) continue;
      symbols.Set(symbols.Length(), ToJavaScript(env, file, name, function, plan.at(name), asked));
    }
    auto result = Napi::Object::New(env);
    result.Set("buildId", ReadBuildId(file));
    result.Set("symbols", symbols);
    return result;
  } catch (const std::system_error& error) {
    throw FileError(env, error, path);
  }
}

}  // namespace plaincap
