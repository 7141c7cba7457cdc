// SPDX-License-Identifier: MIT
#include "elf-mentions.h"

#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "elf-file.h"
#include "elf-symbols.h"

namespace plaincap {

namespace {

std::vector<uint8_t> ReadSection(const ElfFile& file, const char* name) {
  const ElfFile::Section* section = file.FindSection(name);
  if (section == nullptr || section->header.sh_type == SHT_NOBITS) return {};
  return file.Read(section->header.sh_offset, section->header.sh_size);
}

bool HasOneOf(const std::vector<uint8_t>& bytes, const std::set<std::string>& names) {
  for (const std::string& name : names) {
    if (memmem(bytes.data(), bytes.size(), name.data(), name.size()) != nullptr) return true;
  }
  return false;
}

}  // namespace

Napi::Value Mentions(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>();
  const std::set<std::string> names = ToNames(info[1]);
  try {
    const ElfFile file(path);
    if (file.sections().empty()) return Napi::Boolean::New(env, true);
    const std::vector<uint8_t> imports = ReadSection(file, ".dynstr");
    const bool found = HasOneOf(imports, names) || (HasOneOf(imports, {"dlsym", "dlvsym"}) &&
                                                    HasOneOf(ReadSection(file, ".rodata"), names));
    return Napi::Boolean::New(env, found);
  } catch (const std::system_error& error) {
    throw FileError(env, error, path);
  }
}

}  // namespace plaincap
