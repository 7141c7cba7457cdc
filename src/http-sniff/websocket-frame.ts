/** WebSocket frame headers (RFC 6455 section 5.2). */

export const LENGTH_MASK = 0x7f;
export const MASK_BIT = 0x80;
/** Lengths that tell of a longer one behind them, of 16 and of 64 bits. */
export const LENGTH_16 = 126;
export const LENGTH_64 = 127;
export const MASKING_KEY_LENGTH = 4;

const FIN = 0x80;
/** Tells in its first frame that a message is compressed (RFC 7692 section 6); others are not in use. */
const RSV1 = 0x40;
const OTHER_RESERVED = 0x30;
const OPCODE = 0x0f;
const CONTINUATION = 0x0;
const LAST_DATA_OPCODE = 0x2;
const FIRST_CONTROL_OPCODE = 0x8;
const PONG = 0xa;
const SHORT_HEADER_LENGTH = 2;
/** With a length of 16 bits. */
const MIDDLE_HEADER_LENGTH = SHORT_HEADER_LENGTH + 2;
const LONG_HEADER_LENGTH = SHORT_HEADER_LENGTH + 8;
const MAX_SHORT_LENGTH = 125;
const MAX_MIDDLE_LENGTH = 0xffff;

/** Of any frame: those of clients are masked. */
export function minFrameLength(isMasked: boolean): number {
  return SHORT_HEADER_LENGTH + (isMasked ? MASKING_KEY_LENGTH : 0);
}

/**
 * Whether `bytes` begin with what may be a frame, and up to their end nothing else follows. Without
 * extensions, which have RSV1, no ASCII text seems to.
 */
export function beginsFrames(
  bytes: Uint8Array,
  isMasked: boolean,
  hasExtensions: boolean,
): boolean {
  if (bytes.length < SHORT_HEADER_LENGTH) return false;
  for (let at = 0; at + SHORT_HEADER_LENGTH <= bytes.length; ) {
    if ((bytes[at] as number) & RSV1 && !hasExtensions) return false;
    const length = plausibleFrameLength(bytes, at, isMasked);
    if (length === undefined) return false;
    at += length;
  }
  return true;
}

/** Undefined of what is none; where bytes end before they tell a length, at least as many. */
function plausibleFrameLength(
  bytes: Uint8Array,
  at: number,
  isMasked: boolean,
): number | undefined {
  const first = bytes[at] as number;
  const second = bytes[at + 1] as number;
  const short = second & LENGTH_MASK;
  if (!isPlausibleStart(first, short) || (second & MASK_BIT) !== (isMasked ? MASK_BIT : 0)) {
    return undefined;
  }
  const rest = isMasked ? MASKING_KEY_LENGTH : 0;
  if (short <= MAX_SHORT_LENGTH) return SHORT_HEADER_LENGTH + rest + short;
  const headerLength = short === LENGTH_16 ? MIDDLE_HEADER_LENGTH : LONG_HEADER_LENGTH;
  if (at + headerLength > bytes.length) return headerLength;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (short === LENGTH_16) {
    const length = view.getUint16(at + 2);
    return length > MAX_SHORT_LENGTH ? headerLength + rest + length : undefined;
  }
  // No frame has 4 GiB, so the first half of such a length is 0.
  if (view.getUint32(at + 2) > 0) return undefined;
  const length = view.getUint32(at + 6);
  return length > MAX_MIDDLE_LENGTH ? headerLength + rest + length : undefined;
}

/** Whether flags, opcode and length fit (sections 5.4 and 5.5). */
function isPlausibleStart(first: number, shortLength: number): boolean {
  const opcode = first & OPCODE;
  const isFinal = (first & FIN) !== 0;
  if (first & OTHER_RESERVED) return false;
  if (opcode >= FIRST_CONTROL_OPCODE) {
    return opcode <= PONG && isFinal && !(first & RSV1) && shortLength <= MAX_SHORT_LENGTH;
  }
  if (opcode > LAST_DATA_OPCODE || (opcode === CONTINUATION && first & RSV1)) return false;
  // Nobody sends empty ones that end nothing, but wherever there are zeros they seem to be.
  return isFinal || shortLength > 0;
}

/**
 * The header of a frame that stands for `length` unknown bytes, its own included. Pongs may come
 * unasked, between the frames of a message, and are never compressed; that no other pong is longer
 * than 125 bytes is nothing to readers.
 *
 * @param length at most 65,535
 */
export function webSocketFillerHeader(length: number, isMasked: boolean): Uint8Array {
  const short = length - minFrameLength(isMasked);
  const isShort = short <= MAX_SHORT_LENGTH;
  const header = Buffer.alloc(isShort ? SHORT_HEADER_LENGTH : MIDDLE_HEADER_LENGTH);
  const mask = isMasked ? MASK_BIT : 0;
  header.writeUInt8(FIN | PONG, 0);
  header.writeUInt8(mask | (isShort ? short : LENGTH_16), 1);
  if (!isShort) header.writeUInt16BE(short + SHORT_HEADER_LENGTH - MIDDLE_HEADER_LENGTH, 2);
  return header;
}
