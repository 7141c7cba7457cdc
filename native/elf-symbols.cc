// SPDX-License-Identifier: MIT
#include "elf-symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <bitset>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace plaincap {

namespace {

struct FileCloser {
  int fd;
  ~FileCloser() {
    if (fd >= 0) close(fd);
  }
};

using ElfFile = std::unique_ptr<Elf, decltype(&elf_end)>;

Napi::Error SystemError(Napi::Env env, const std::string& path, int code) {
  Napi::Error error = Napi::Error::New(env, path + ": " + strerror(code));
  const char* name = code == ENOEXEC ? "ENOEXEC" : strerrorname_np(code);
  error.Set("code", Napi::String::New(env, name != nullptr ? name : "EIO"));
  return error;
}

// Where an address of the loaded image stands in the file; -1 if no segment holds it.
int64_t FileOffset(const std::vector<GElf_Phdr>& segments, uint64_t address) {
  for (const GElf_Phdr& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return static_cast<int64_t>(address - segment.p_vaddr + segment.p_offset);
    }
  }
  return -1;
}

std::string BuildId(Elf_Scn* section, const GElf_Shdr& header) {
  static const char kHex[] = "0123456789abcdef";
  Elf_Data* data = elf_getdata(section, nullptr);
  size_t offset = 0;
  size_t name_offset = 0;
  size_t description_offset = 0;
  GElf_Nhdr note;
  if (data == nullptr || header.sh_type != SHT_NOTE) return "";
  while ((offset = gelf_getnote(data, offset, &note, &name_offset, &description_offset)) > 0) {
    const char* name = static_cast<const char*>(data->d_buf) + name_offset;
    if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof("GNU") ||
        memcmp(name, "GNU", sizeof("GNU")) != 0) {
      continue;
    }
    std::string id;
    const auto* bytes = static_cast<const uint8_t*>(data->d_buf) + description_offset;
    for (size_t i = 0; i < note.n_descsz; i++) {
      id += kHex[bytes[i] >> 4];
      id += kHex[bytes[i] & 15];
    }
    return id;
  }
  return "";
}

// Tells from the first two bytes of a name that it is not wanted, as of nearly all: node has
// 200,000 functions, and a program runs on while its symbols are read.
class NameFilter {
 public:
  explicit NameFilter(const std::unordered_map<std::string, int64_t>& wanted) {
    for (const auto& [name, offset] : wanted) beginnings_.set(Beginning(name.c_str()));
  }
  bool MayBeWanted(const char* name) const { return beginnings_.test(Beginning(name)); }

 private:
  static size_t Beginning(const char* name) {
    return static_cast<uint8_t>(name[0]) << 8 | (name[0] == 0 ? 0 : static_cast<uint8_t>(name[1]));
  }
  std::bitset<65536> beginnings_;
};

void CollectSymbols(Elf* elf, Elf_Scn* section, const GElf_Shdr& header,
                    const std::vector<GElf_Phdr>& segments,
                    std::unordered_map<std::string, int64_t>* wanted) {
  Elf_Data* data = elf_getdata(section, nullptr);
  Elf_Data* names = elf_getdata(elf_getscn(elf, header.sh_link), nullptr);
  if (data == nullptr || header.sh_entsize == 0 || names == nullptr || names->d_size == 0) return;
  const char* name_bytes = static_cast<const char*>(names->d_buf);
  if (name_bytes[names->d_size - 1] != 0) return;
  const NameFilter filter(*wanted);
  const size_t count = header.sh_size / header.sh_entsize;
  for (size_t i = 0; i < count; i++) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) return;
    const int type = GELF_ST_TYPE(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || (type != STT_FUNC && type != STT_GNU_IFUNC)) continue;
    if (symbol.st_name >= names->d_size) continue;
    const char* name = name_bytes + symbol.st_name;
    if (!filter.MayBeWanted(name)) continue;
    const auto found = wanted->find(name);
    if (found != wanted->end() && found->second < 0) {
      found->second = FileOffset(segments, symbol.st_value);
    }
  }
}

}  // namespace

Napi::Value ReadSymbols(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const std::string path = info[0].As<Napi::String>();
  const auto names = info[1].As<Napi::Array>();
  std::unordered_map<std::string, int64_t> wanted;
  for (uint32_t i = 0; i < names.Length(); i++) {
    wanted.emplace(names.Get(i).As<Napi::String>().Utf8Value(), -1);
  }

  const FileCloser file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) throw SystemError(env, path, errno);
  elf_version(EV_CURRENT);
  const ElfFile elf(elf_begin(file.fd, ELF_C_READ_MMAP, nullptr), elf_end);
  if (elf == nullptr || elf_kind(elf.get()) != ELF_K_ELF) throw SystemError(env, path, ENOEXEC);

  std::vector<GElf_Phdr> segments;
  size_t segment_count = 0;
  if (elf_getphdrnum(elf.get(), &segment_count) != 0) throw SystemError(env, path, ENOEXEC);
  for (size_t i = 0; i < segment_count; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &segment) != nullptr) {
      segments.push_back(segment);
    }
  }

  std::string build_id;
  Elf_Scn* section = nullptr;
  while ((section = elf_nextscn(elf.get(), section)) != nullptr) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr) continue;
    if (header.sh_type == SHT_DYNSYM || header.sh_type == SHT_SYMTAB) {
      CollectSymbols(elf.get(), section, header, segments, &wanted);
    } else if (build_id.empty()) {
      build_id = BuildId(section, header);
    }
  }

  auto symbols = Napi::Array::New(env);
  for (const auto& [name, offset] : wanted) {
    if (offset < 0) continue;
    auto symbol = Napi::Object::New(env);
    symbol.Set("name", name);
    symbol.Set("offset", static_cast<double>(offset));
    symbols.Set(symbols.Length(), symbol);
  }
  auto result = Napi::Object::New(env);
  result.Set("buildId", build_id);
  result.Set("symbols", symbols);
  return result;
}

}  // namespace plaincap
