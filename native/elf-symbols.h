// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_ELF_SYMBOLS_H_
#define PLAINCAP_ELF_SYMBOLS_H_

#include <napi.h>

#include <set>
#include <string>
#include <system_error>

namespace plaincap {

// readSymbols(path, names) -> {buildId, symbols: [{name, offset, probedAt?, probedAs?,
//                                                  returnDistance?}]}
//
// Functions by these names in .dynsym and .symtab, each once, with the offset in the file of its
// first instruction, and what PlanProbes() has to say if another one is probed. `buildId` is the
// hexadecimal GNU build id, empty when there is none. Throws an Error with `code` 'ENOENT',
// 'EACCES', ... or 'ENOEXEC' for a file that is not ELF.
Napi::Value ReadSymbols(const Napi::CallbackInfo& info);

// A set of JavaScript's array of strings.
std::set<std::string> ToNames(const Napi::Value& array);

// An error of JavaScript with `code` 'ENOENT', 'EACCES', ...
Napi::Error FileError(Napi::Env env, const std::system_error& cause, const std::string& path);

}  // namespace plaincap

#endif  // PLAINCAP_ELF_SYMBOLS_H_
