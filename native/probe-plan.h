// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_PROBE_PLAN_H_
#define PLAINCAP_PROBE_PLAN_H_

#include <cstdint>
#include <map>
#include <string>

#include "elf-file.h"
#include "shared-function.h"

namespace plaincap {

using FunctionRanges = std::map<std::string, FunctionRange>;

// The instruction of the loaded image at which a function is probed.
struct PlannedProbe {
  uint64_t address;
  // It is in a function without a symbol that the function calls, and so does the one by this name,
  // whose arguments it takes. Empty if it is in the function itself.
  std::string probed_as;
  // From the instruction to where a call by the function `probed_as` returns: tells who called.
  int32_t return_distance;
};

// Where probes cost least: in the function that two of OpenSSL's share, if the kernel emulates an
// instruction at its begin; at or shortly behind the function's own begin, as behind ENDBR64, if it
// emulates one there; else at its first instruction all the same.
std::map<std::string, PlannedProbe> PlanProbes(const ElfFile& file,
                                               const FunctionRanges& functions);

// Functions that PlanProbes() looks at beside those that are to be probed.
inline constexpr const char* kPlanningFunctions[] = {"BIO_write_ex"};

}  // namespace plaincap

#endif  // PLAINCAP_PROBE_PLAN_H_
