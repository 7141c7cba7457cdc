// SPDX-License-Identifier: MIT
#include "elf-symbols.h"

#include <elf.h>
#include <errno.h>

#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>

#include "elf-file.h"

namespace plaincap {

namespace {

void CollectSymbols(const ElfFile& file, const ElfFile::Section& section,
                    std::unordered_map<std::string, std::optional<uint64_t>>* wanted) {
  Elf_Data* data = elf_getdata(section.handle, nullptr);
  if (data == nullptr || section.header.sh_entsize == 0) return;
  const size_t count = section.header.sh_size / section.header.sh_entsize;
  for (size_t i = 0; i < count; i++) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC)) continue;
    const char* name = elf_strptr(file.elf(), section.header.sh_link, symbol.st_name);
    if (name == nullptr) continue;
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
