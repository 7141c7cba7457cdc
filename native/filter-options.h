// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_FILTER_OPTIONS_H_
#define PLAINCAP_FILTER_OPTIONS_H_

#include <napi.h>

#include <string>
#include <vector>

#include "filters.h"

namespace plaincap {

// What a capture is restricted to.
struct FilterOptions {
  process_filter process;
  connection_filter connection;
  std::vector<std::string> cgroups;      // their folders
  std::vector<std::string> executables;  // their files
  std::vector<host_prefix> hosts;
};

// From NativeFilters of src/native/addon.ts, or from undefined: then nothing is filtered.
FilterOptions ReadFilterOptions(const Napi::Value& filters);

}  // namespace plaincap

#endif  // PLAINCAP_FILTER_OPTIONS_H_
