// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_ELF_FILE_H_
#define PLAINCAP_ELF_FILE_H_

#include <gelf.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace plaincap {

// An ELF file that is read piece by piece: it may be large, damaged, or written to meanwhile.
class ElfFile {
 public:
  struct Section {
    Elf_Scn* handle;
    std::string name;
    GElf_Shdr header;
  };

  // Throws std::system_error with the errno of the system, ENOEXEC for a file that is not ELF.
  explicit ElfFile(const std::string& path);
  ~ElfFile();
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  Elf* elf() const { return elf_.get(); }
  uint64_t size() const { return size_; }
  // As <elf.h> numbers them, such as EM_X86_64.
  int machine() const { return machine_; }
  const std::vector<GElf_Phdr>& segments() const { return segments_; }
  const std::vector<Section>& sections() const { return sections_; }
  const Section* FindSection(const std::string& name) const;

  // Where an address of the loaded image stands in the file, if any segment brings it from there.
  std::optional<uint64_t> FileOffset(uint64_t address) const;
  // Bytes of the file; fewer than asked for only where it ends.
  std::vector<uint8_t> Read(uint64_t offset, uint64_t length) const;
  // Bytes of the loaded image; none if they are not all in the file.
  std::vector<uint8_t> ReadImage(uint64_t address, uint64_t length) const;
  // A pointer in the loaded image, as the dynamic linker would leave it if it loaded the file at
  // address 0.
  std::optional<uint64_t> ReadPointer(uint64_t address) const;

 private:
  std::optional<uint64_t> FindRelocation(uint64_t address) const;

  int fd_;
  uint64_t size_ = 0;
  int machine_ = EM_NONE;
  std::unique_ptr<Elf, decltype(&elf_end)> elf_{nullptr, elf_end};
  std::vector<GElf_Phdr> segments_;
  std::vector<Section> sections_;
};

// Of the GNU build id note, in hexadecimal; empty if there is none.
std::string ReadBuildId(const ElfFile& file);

}  // namespace plaincap

#endif  // PLAINCAP_ELF_FILE_H_
