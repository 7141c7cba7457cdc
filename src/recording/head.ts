/**
 * Heads of CBOR items: the major type in the upper three bits of the first byte, and an argument
 * that stands in its lower five or in the 1, 2, 4 or 8 bytes after them (RFC 8949 section 3).
 */

/** RFC 8949 section 3.1. */
export const MAJOR = {
  unsigned: 0,
  negative: 1,
  bytes: 2,
  text: 3,
  array: 4,
  map: 5,
  tag: 6,
  simple: 7,
} as const;

/** The longest head: a first byte and an argument of eight. */
export const MAX_HEAD_BYTES = 9;

/** Arguments up to here stand in the first byte itself. */
const LAST_IMMEDIATE = 23;

/** Lower five bits of a first byte that say an argument of 1 byte follows; 25 says 2, 26 4, 27 8. */
const ONE_BYTE_ARGUMENT = 24;

/** Instead of a width: the first byte of an item of indefinite length, or of no item at all. */
export const NO_ARGUMENT = -1;

const TWO_TO_32 = 0x1_0000_0000;

/** By the lower five bits of the first byte. */
const WIDTHS = new Int8Array(32).fill(NO_ARGUMENT);
WIDTHS.fill(0, 0, ONE_BYTE_ARGUMENT);
WIDTHS.set([1, 2, 4, 8], ONE_BYTE_ARGUMENT);

/** Bytes of the argument behind a first byte: 0 when it holds it itself, or NO_ARGUMENT. */
export function argumentWidth(initial: number): number {
  return WIDTHS[initial & 0x1f] as number;
}

/**
 * The argument of the head at `offset`, whose `argumentWidth` is `width`: NaN if that is
 * NO_ARGUMENT. Beyond 2^53 it is rounded, but stays beyond.
 */
export function readArgument(bytes: Uint8Array, offset: number, width: number): number {
  switch (width) {
    case 0:
      return (bytes[offset] as number) & 0x1f;
    case 1:
      return bytes[offset + 1] as number;
    case 2:
      return ((bytes[offset + 1] as number) << 8) | (bytes[offset + 2] as number);
    case 4:
      return readUint32(bytes, offset + 1);
    case 8:
      return readUint32(bytes, offset + 1) * TWO_TO_32 + readUint32(bytes, offset + 5);
    default:
      return Number.NaN;
  }
}

function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}

/** Writes the shortest head (RFC 8949 section 4.1), and returns the offset behind it. */
export function writeHead(
  bytes: Uint8Array,
  offset: number,
  major: number,
  argument: number,
): number {
  const initial = major << 5;
  if (argument <= LAST_IMMEDIATE) {
    bytes[offset] = initial | argument;
    return offset + 1;
  }
  if (argument < 0x100) {
    bytes[offset] = initial | ONE_BYTE_ARGUMENT;
    bytes[offset + 1] = argument;
    return offset + 2;
  }
  if (argument < 0x1_0000) {
    bytes[offset] = initial | (ONE_BYTE_ARGUMENT + 1);
    bytes[offset + 1] = argument >> 8;
    bytes[offset + 2] = argument;
    return offset + 3;
  }
  if (argument < TWO_TO_32) {
    bytes[offset] = initial | (ONE_BYTE_ARGUMENT + 2);
    writeUint32(bytes, offset + 1, argument);
    return offset + 5;
  }
  bytes[offset] = initial | (ONE_BYTE_ARGUMENT + 3);
  writeUint32(bytes, offset + 1, Math.floor(argument / TWO_TO_32));
  writeUint32(bytes, offset + 5, argument % TWO_TO_32);
  return offset + MAX_HEAD_BYTES;
}

/** Writes an integer of at most 53 bits; a negative one stands as -1 - value (section 3.1). */
export function writeInteger(bytes: Uint8Array, offset: number, value: number): number {
  return value < 0
    ? writeHead(bytes, offset, MAJOR.negative, -1 - value)
    : writeHead(bytes, offset, MAJOR.unsigned, value);
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}
