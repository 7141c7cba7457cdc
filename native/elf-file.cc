// SPDX-License-Identifier: MIT
#include "elf-file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace plaincap {

namespace {

std::string BuildIdOf(const ElfFile::Section& section) {
  static const char kHex[] = "0123456789abcdef";
  Elf_Data* data = elf_getdata(section.handle, nullptr);
  size_t offset = 0;
  size_t name_offset = 0;
  size_t description_offset = 0;
  GElf_Nhdr note;
  if (data == nullptr) return "";
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

}  // namespace

ElfFile::ElfFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  const auto fail = [this, &path](int code) {
    elf_.reset();
    if (fd_ >= 0) close(fd_);
    throw std::system_error(code, std::generic_category(), path);
  };
  struct stat status;
  if (fd_ < 0 || fstat(fd_, &status) != 0) fail(errno);
  size_ = static_cast<uint64_t>(status.st_size);
  elf_version(EV_CURRENT);
  // Not mapped: a mapped file that is cut off meanwhile would end the process.
  elf_.reset(elf_begin(fd_, ELF_C_READ, nullptr));
  GElf_Ehdr header;
  size_t segment_count = 0;
  if (elf_ == nullptr || elf_kind(elf_.get()) != ELF_K_ELF ||
      gelf_getehdr(elf_.get(), &header) == nullptr ||
      elf_getphdrnum(elf_.get(), &segment_count) != 0) {
    fail(ENOEXEC);
  }
  machine_ = header.e_machine;
  for (size_t i = 0; i < segment_count; i++) {
    GElf_Phdr segment;
    if (gelf_getphdr(elf_.get(), static_cast<int>(i), &segment) != nullptr) {
      segments_.push_back(segment);
    }
  }
  size_t names = 0;
  const bool has_names = elf_getshdrstrndx(elf_.get(), &names) == 0;
  Elf_Scn* handle = nullptr;
  while ((handle = elf_nextscn(elf_.get(), handle)) != nullptr) {
    Section section = {.handle = handle, .name = {}, .header = {}};
    if (gelf_getshdr(handle, &section.header) == nullptr) continue;
    const char* name = has_names ? elf_strptr(elf_.get(), names, section.header.sh_name) : nullptr;
    if (name != nullptr) section.name = name;
    sections_.push_back(section);
  }
}

ElfFile::~ElfFile() {
  elf_.reset();
  close(fd_);
}

const ElfFile::Section* ElfFile::FindSection(const std::string& name) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [&name](const Section& one) { return one.name == name; });
  return found == sections_.end() ? nullptr : &*found;
}

std::optional<uint64_t> ElfFile::FileOffset(uint64_t address) const {
  for (const GElf_Phdr& segment : segments_) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
        address - segment.p_vaddr < segment.p_filesz) {
      return address - segment.p_vaddr + segment.p_offset;
    }
  }
  return std::nullopt;
}

std::vector<uint8_t> ElfFile::Read(uint64_t offset, uint64_t length) const {
  if (offset >= size_) return {};
  std::vector<uint8_t> bytes(std::min(length, size_ - offset));
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = pread(fd_, bytes.data() + filled, bytes.size() - filled,
                              static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

std::vector<uint8_t> ElfFile::ReadImage(uint64_t address, uint64_t length) const {
  for (const GElf_Phdr& segment : segments_) {
    if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
    const uint64_t start = address - segment.p_vaddr;
    if (start >= segment.p_filesz || length > segment.p_filesz - start) continue;
    std::vector<uint8_t> bytes = Read(segment.p_offset + start, length);
    if (bytes.size() == length) return bytes;
  }
  return {};
}

std::optional<uint64_t> ElfFile::ReadPointer(uint64_t address) const {
  const std::vector<uint8_t> bytes = ReadImage(address, sizeof(uint64_t));
  if (bytes.empty()) return std::nullopt;
  uint64_t value = 0;
  memcpy(&value, bytes.data(), sizeof(value));
  // Linkers leave 0 where a relocation with an addend stands.
  return value != 0 ? value : FindRelocation(address).value_or(0);
}

std::optional<uint64_t> ElfFile::FindRelocation(uint64_t address) const {
  if (machine_ != EM_X86_64) return std::nullopt;
  for (const Section& section : sections_) {
    if (section.header.sh_type != SHT_RELA) continue;
    // Not sorted by address, and read in parts: there may be millions.
    constexpr uint64_t kPart = 4096 * sizeof(Elf64_Rela);
    for (uint64_t done = 0; done < section.header.sh_size; done += kPart) {
      const std::vector<uint8_t> part =
          Read(section.header.sh_offset + done, std::min(kPart, section.header.sh_size - done));
      if (part.empty()) break;
      for (size_t at = 0; at + sizeof(Elf64_Rela) <= part.size(); at += sizeof(Elf64_Rela)) {
        Elf64_Rela relocation;
        memcpy(&relocation, part.data() + at, sizeof(relocation));
        if (relocation.r_offset == address &&
            ELF64_R_TYPE(relocation.r_info) == R_X86_64_RELATIVE) {
          return static_cast<uint64_t>(relocation.r_addend);
        }
      }
    }
  }
  return std::nullopt;
}

std::string ReadBuildId(const ElfFile& file) {
  for (const ElfFile::Section& section : file.sections()) {
    if (section.header.sh_type != SHT_NOTE) continue;
    const std::string id = BuildIdOf(section);
    if (!id.empty()) return id;
  }
  return "";
}

}  // namespace plaincap
