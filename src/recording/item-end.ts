import { argumentWidth, MAJOR, NO_ARGUMENT, readArgument } from './head.ts';
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
    const initial = bytes[offset] as number;
    const width = argumentWidth(initial);
    if (width === NO_ARGUMENT) throw unreadable(initial);
    if (offset + width >= end) return INCOMPLETE;
    const argument = readArgument(bytes, offset, width);
    offset += 1 + width;
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
