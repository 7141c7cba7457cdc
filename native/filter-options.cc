// SPDX-License-Identifier: MIT
#include "filter-options.h"

#include <algorithm>
#include <cstring>

namespace plaincap {

namespace {

std::vector<std::string> ReadStrings(const Napi::Value& value) {
  const auto list = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < list.Length(); i++) {
    strings.push_back(list.Get(i).As<Napi::String>().Utf8Value());
  }
  return strings;
}

comm_pattern ReadCommPattern(const Napi::Object& object) {
  comm_pattern pattern = {};
  const auto accepts = object.Get("accepts").As<Napi::Uint32Array>();
  std::copy_n(accepts.Data(), std::min(accepts.ElementLength(), std::size(pattern.accepts)),
              pattern.accepts);
  pattern.repeats = object.Get("repeats").As<Napi::Number>();
  pattern.end = object.Get("end").As<Napi::Number>();
  return pattern;
}

host_prefix ReadHost(const Napi::Object& object) {
  host_prefix prefix = {};
  const auto address = object.Get("address").As<Napi::Uint8Array>();
  memcpy(prefix.address, address.Data(), std::min(address.ElementLength(), sizeof(prefix.address)));
  prefix.bits = object.Get("bits").As<Napi::Number>();
  return prefix;
}

}  // namespace

FilterOptions ReadFilterOptions(const Napi::Value& value) {
  FilterOptions filters = {};
  if (!value.IsObject()) return filters;
  const auto object = value.As<Napi::Object>();
  auto& process = filters.process;
  const auto uids = object.Get("uids").As<Napi::Array>();
  for (uint32_t i = 0; i < uids.Length() && i < FILTER_VALUES_MAX; i++) {
    process.uids[process.uid_count++] = uids.Get(i).As<Napi::Number>();
  }
  const auto comms = object.Get("comms").As<Napi::Array>();
  for (uint32_t i = 0; i < comms.Length() && i < FILTER_VALUES_MAX; i++) {
    process.comms[process.comm_count++] = ReadCommPattern(comms.Get(i).As<Napi::Object>());
  }
  filters.cgroups = ReadStrings(object.Get("cgroups"));
  process.cgroup_count = static_cast<uint32_t>(filters.cgroups.size());
  filters.executables = ReadStrings(object.Get("executables"));
  process.by_executable = !filters.executables.empty();
  process.active = process.uid_count > 0 || process.comm_count > 0 || process.cgroup_count > 0 ||
                   process.by_executable;

  const auto ports = object.Get("ports");
  filters.connection.by_port = ports.IsTypedArray();
  if (ports.IsTypedArray()) {
    const auto bits = ports.As<Napi::Uint8Array>();
    memcpy(filters.connection.ports, bits.Data(),
           std::min(bits.ElementLength(), sizeof(filters.connection.ports)));
  }
  const auto hosts = object.Get("hosts").As<Napi::Array>();
  for (uint32_t i = 0; i < hosts.Length(); i++) {
    filters.hosts.push_back(ReadHost(hosts.Get(i).As<Napi::Object>()));
  }
  filters.connection.by_host = !filters.hosts.empty();
  return filters;
}

}  // namespace plaincap
