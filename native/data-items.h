// SPDX-License-Identifier: MIT
#ifndef PLAINCAP_DATA_ITEMS_H_
#define PLAINCAP_DATA_ITEMS_H_

#include <napi.h>

namespace plaincap {

// decodeDataItems(bytes, start, limit, ranges, rows) -> count
//
// Decodes data items of a recording (docs/recording.md), from bytes[start] on and before
// bytes[limit]. `ranges` has the least and the most value of each integer of an item, in the order
// of DATA_INTEGERS (src/recording/data-fields.ts). A row has these integers, then the offset and
// the length of the payload, behind which the next row's item begins.
//
// Stops at the first item that is anything else, cut off or damaged or longer than today's, and
// when `rows` is full. Throws a RangeError for a start or limit that is not in `bytes`.
Napi::Value DecodeDataItems(const Napi::CallbackInfo& info);

}  // namespace plaincap

#endif  // PLAINCAP_DATA_ITEMS_H_
