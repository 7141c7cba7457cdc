// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_FUNCTION_SYMBOLS_H_
#define PLAINCAP_FUNCTION_SYMBOLS_H_

#include "probed-functions.h"

namespace plaincap {

// By probed_function.
inline constexpr const char* kFunctionSymbols[] = {
#define X(name, symbol, shape) symbol,
    PROBED_FUNCTIONS(X)
#undef X
};

}  // namespace plaincap

#endif  // PLAINCAP_FUNCTION_SYMBOLS_H_
