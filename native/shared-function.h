// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_SHARED_FUNCTION_H_
#define PLAINCAP_SHARED_FUNCTION_H_

#include <cstdint>
#include <optional>

#include "elf-file.h"

namespace plaincap {

// A function of the loaded image.
struct FunctionRange {
  uint64_t address;
  uint64_t size;  // bytes; 0 if the symbol does not tell
};

struct SharedFunction {
  uint64_t address;
  // Where it returns to when `forwards` called it.
  uint64_t return_address;
};

// The function without a symbol to which `forwards` passes all its arguments as it was given them,
// and which `calls` calls, too: in OpenSSL, SSL_read_ex and SSL_read have ssl_read_internal. None
// if the code shows anything else.
std::optional<SharedFunction> FindSharedFunction(const ElfFile& file, const FunctionRange& forwards,
                                                 const FunctionRange& calls);

}  // namespace plaincap

#endif  // PLAINCAP_SHARED_FUNCTION_H_
