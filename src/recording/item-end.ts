import { LAST_IMMEDIATE, MAJOR, ONE_BYTE_ARGUMENT, readArgument } from './head.ts';
import { RecordingError } from './recording-error.ts';

/** The item goes on beyond the bytes at hand. */
export const INCOMPLETE = -1;

/**
 * Offset behind the CBOR item that begins at `start`, or INCOMPLETE when not all of it is before
 * `end`. A decoder that gets whole items need not tell a cut-off item from a damaged one.
 *
 * Knows the part of CBOR that recordings use: definite lengths, no tags.
 *
 * @throws RecordingError for bytes that begin no such item, whatever may follow them.
 */
export function itemEnd(bytes: Uint8Array, start: number, end: number): number {
  let offset = start;
  // Items still to come: an array or a map adds its elements, so nesting needs no stack.
  for (let pending = 1; pending > 0; pending--) {
    if (offset >= end) return INCOMPLETE;
    const initial = bytes[offset++] as number;
    let argument = initial & 0x1f;
    if (argument > LAST_IMMEDIATE) {
      if (argument > ONE_BYTE_ARGUMENT + 3) throw unreadable(initial);
      const width = 1 << (argument - ONE_BYTE_ARGUMENT);
      if (offset + width > end) return INCOMPLETE;
      argument = readArgument(bytes, offset, width);
      offset += width;
    }
    switch (initial >> 5) {
      case MAJOR.bytes:
      case MAJOR.text:
        offset += argument;
        break;
      case MAJOR.array:
        pending += argument;
        break;
      case MAJOR.map:
        pending += 2 * argument;
        break;
      case MAJOR.tag:
        throw unreadable(initial);
    }
  }
  return offset > end ? INCOMPLETE : offset;
}

function unreadable(initial: number): RecordingError {
  return new RecordingError(`0x${initial.toString(16)} begins no CBOR item of a recording`);
}
