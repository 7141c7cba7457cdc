import type { BlockOutput } from './block-output.ts';
import { paddedLength, zeroPadding } from './padding.ts';
import type { TimeBase } from './timestamp.ts';

/** An option that a block's list may hold (section 3.5): its type and unpadded value. */
export interface Option {
  readonly type: number;
  readonly value: Uint8Array;
}

/** Bytes of Option Type and Option Length. */
export const OPTION_HEADER_BYTES = 4;

const OPT_ENDOFOPT = 0;
const OPT_COMMENT = 1;
/** What the 16 bits of Option Length can say. */
const MAX_VALUE_BYTES = 0xffff;

const utf8 = new TextEncoder();

/**
 * An option that is a UTF-8 string. Unpaired surrogates become U+FFFD; readers take a NUL as the
 * string's end (section 3.5).
 *
 * @throws RangeError for more than 65535 bytes
 */
export function textOption(type: number, text: string): Option {
  const value = utf8.encode(text);
  if (value.length > MAX_VALUE_BYTES) {
    throw new RangeError(`${value.length} bytes in option ${type}: at most ${MAX_VALUE_BYTES} fit`);
  }
  return { type, value };
}

/** One opt_comment each. Throws as textOption does. */
export function commentOptions(comments: readonly string[]): Option[] {
  return comments.map((comment) => textOption(OPT_COMMENT, comment));
}

/**
 * A counter: an unsigned 64-bit integer.
 *
 * @throws RangeError unless `count` is a whole number from 0 to 2^53 - 1
 */
export function counterOption(type: number, count: number): Option {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`count of ${count} in option ${type}`);
  }
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, BigInt(count), true);
  return { type, value };
}

/** A timestamp: two words, unlike a counter. Throws as TimeBase.upperWord does. */
export function timestampOption(type: number, timeBase: TimeBase, timeNs: number): Option {
  const value = new Uint8Array(8);
  const view = new DataView(value.buffer);
  view.setUint32(0, timeBase.upperWord(timeNs), true);
  view.setUint32(4, timeBase.lowerWord(timeNs), true);
  return { type, value };
}

/** Bytes that encodeOptions writes: the options, padded, and the opt_endofopt that ends the list. */
export function optionsLength(options: readonly Option[]): number {
  let length = OPTION_HEADER_BYTES;
  for (const { value } of options) length += OPTION_HEADER_BYTES + paddedLength(value.length);
  return length;
}

/** Writes the list to `optionsLength(options)` bytes from `offset`, a multiple of 4. */
export function encodeOptions(
  options: readonly Option[],
  output: BlockOutput,
  offset: number,
): void {
  const { bytes, view } = output;
  let at = offset;
  for (const { type, value } of options) {
    const start = at + OPTION_HEADER_BYTES;
    const end = start + paddedLength(value.length);
    zeroPadding(view, end);
    encodeOptionHeader(view, at, type, value.length);
    bytes.set(value, start);
    at = end;
  }
  encodeOptionHeader(view, at, OPT_ENDOFOPT, 0);
}

/** Option Type and Option Length, before a value of `length` bytes. */
export function encodeOptionHeader(
  view: DataView,
  offset: number,
  type: number,
  length: number,
): void {
  view.setInt32(offset, (length << 16) | type, true);
}
