// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_FILTER_MAPS_H_
#define PLAINCAP_FILTER_MAPS_H_

#include "filter-options.h"

struct plaincap_bpf;

namespace plaincap {

// Tells loaded programs of the hosts, cgroups and executables that are asked for. Throws
// ProbeError.
void FillFilterMaps(const plaincap_bpf& skeleton, const FilterOptions& filters);

}  // namespace plaincap

#endif  // PLAINCAP_FILTER_MAPS_H_
