// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_GO_PCLNTAB_H_
#define PLAINCAP_GO_PCLNTAB_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "elf-file.h"

namespace plaincap {

// What is wrong with the table; `what()` is for a person.
class PclntabError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The table of functions that each Go program carries for its stack traces, also when it is
// stripped: struct pcHeader of Go's src/runtime/symtab.go. Of 64-bit little-endian programs of
// Go 1.16 and newer.
class Pclntab {
 public:
  struct Function {
    // From text_start(); an address of the loaded image where has_addresses() is true.
    uint64_t entry;
    uint64_t size;
  };

  // `address`: of the table in the loaded image. Throws PclntabError.
  Pclntab(const ElfFile& file, uint64_t address);

  // True of Go 1.16 and 1.17: entries are addresses, no offsets.
  bool has_addresses() const { return layout_.has_addresses; }
  // What the header says, 0 since Go 1.26: where the code begins that entries are counted from.
  uint64_t text_start() const { return text_start_; }
  // Those of the names that the program has. Throws PclntabError.
  std::map<std::string, Function> Find(const std::set<std::string>& names) const;

 private:
  struct Layout {
    bool has_addresses;
    // Words of the header, after its first eight bytes.
    unsigned text_word, names_word, names_end_word, functions_word;
    // Bytes of an entry's half in the table of functions.
    unsigned field_bytes;
    // Of the name's offset in struct _func.
    unsigned name_position;
  };

  static std::optional<Layout> LayoutOf(uint32_t magic);
  uint64_t Field(const std::vector<uint8_t>& table, uint64_t index) const;
  Function FunctionAt(const std::vector<uint8_t>& table, uint64_t index) const;

  const ElfFile& file_;
  uint64_t address_;
  Layout layout_;
  uint64_t text_start_ = 0;
  uint64_t function_count_;
  uint64_t names_;
  uint64_t names_end_;
  uint64_t functions_;
};

// The address of the table in the loaded image; none if the program was not made by Go, or if
// nothing in it looks like the table.
std::optional<uint64_t> FindPclntab(const ElfFile& file);

}  // namespace plaincap

#endif  // PLAINCAP_GO_PCLNTAB_H_
