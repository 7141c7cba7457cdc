// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_GO_PROGRAM_H_
#define PLAINCAP_GO_PROGRAM_H_

#include <napi.h>

namespace plaincap {

// readGoProgram(path, names) -> undefined | {version, buildId, stripped, symbols, reason?}
//
// A program or library made by Go, undefined for another file. `version` is what `go version` says
// of it, such as 'go1.19.8'; empty if it does not tell. `symbols`: [{name, offset, returns}], the
// functions by these names that it has, with the offsets in the file of the instruction behind the
// check of the stack and of the RET instructions. `reason` says why none can be probed though it is
// Go's. Throws an Error as readSymbols does.
Napi::Value ReadGoProgram(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_GO_PROGRAM_H_
