// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_ELF_MENTIONS_H_
#define PLAINCAP_ELF_MENTIONS_H_

#include <napi.h>

namespace plaincap {

// mentions(path, names) -> boolean
//
// Whether an ELF file can call a function of another file by one of these names: it imports it, or
// has the name for dlsym(). A file without section headers may. Throws as ReadSymbols() does.
Napi::Value Mentions(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_ELF_MENTIONS_H_
