/** HTTP/2 frame headers (RFC 9113 section 4.1). */

export const FRAME_HEADER_LENGTH = 9;

export const SETTINGS = 0x4;

type Scope = 'stream' | 'connection' | 'either';

/** What frames of one type look like (RFC 9113 section 6). */
interface FrameShape {
  /** All flags that are defined. */
  readonly flags: number;
  readonly scope: Scope;
  readonly minLength: number;
  readonly maxLength: number;
}

/**
 * Peers may allow frames of 16 MiB (SETTINGS_MAX_FRAME_SIZE), but use some KiB. A lower limit
 * tells frames better from other protocols: these four bits of a header must be 0.
 */
const MAX_LENGTH = 0x0f_ffff;

const SHAPES = new Map<number, FrameShape>([
  [0x0, shape(0x09, 'stream')], // DATA
  [0x1, shape(0x2d, 'stream')], // HEADERS
  [0x2, shape(0x00, 'stream', 5, 5)], // PRIORITY
  [0x3, shape(0x00, 'stream', 4, 4)], // RST_STREAM
  [SETTINGS, shape(0x01, 'connection')],
  [0x5, shape(0x0c, 'stream', 4)], // PUSH_PROMISE
  [0x6, shape(0x01, 'connection', 8, 8)], // PING
  [0x7, shape(0x00, 'connection', 8)], // GOAWAY
  [0x8, shape(0x00, 'either', 4, 4)], // WINDOW_UPDATE
  [0x9, shape(0x04, 'stream')], // CONTINUATION
  [0xa, shape(0x00, 'either', 2)], // ALTSVC (RFC 7838 section 4)
  [0xc, shape(0x00, 'connection')], // ORIGIN (RFC 8336 section 2)
  [0x10, shape(0x00, 'connection', 4)], // PRIORITY_UPDATE (RFC 9218 section 7.1)
]);

function shape(
  flags: number,
  scope: Scope,
  minLength = 0,
  maxLength: number = MAX_LENGTH,
): FrameShape {
  return { flags, scope, minLength, maxLength };
}

/** The length of the frame's payload, whose header is at `at`. */
export function frameLength(bytes: Uint8Array, at: number): number {
  return (byte(bytes, at) << 16) | (byte(bytes, at + 1) << 8) | byte(bytes, at + 2);
}

export function frameType(bytes: Uint8Array, at: number): number {
  return byte(bytes, at + 3);
}

/** Whether what is at `at` may be a frame header: of a known type, and in its shape. */
export function isPlausibleFrameHeader(bytes: Uint8Array, at: number): boolean {
  const expected = SHAPES.get(frameType(bytes, at));
  if (expected === undefined) return false;
  const length = frameLength(bytes, at);
  if (length < expected.minLength || length > expected.maxLength) return false;
  if ((byte(bytes, at + 4) & ~expected.flags) !== 0) return false;
  const reservedBit = byte(bytes, at + 5) & 0x80;
  const ofConnection = bytes
    .subarray(at + 5, at + FRAME_HEADER_LENGTH)
    .every((octet) => octet === 0);
  return reservedBit === 0 && expected.scope !== (ofConnection ? 'stream' : 'connection');
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

/** Of the types that stay free for experiments; whoever does not know one skips its frames. */
const FILLER = 0xff;

/** The header of a frame that stands for `length` bytes, its own included, that are unknown. */
export function fillerFrameHeader(length: number): Uint8Array {
  const header = Buffer.alloc(FRAME_HEADER_LENGTH);
  header.writeUIntBE(length - FRAME_HEADER_LENGTH, 0, 3);
  header.writeUInt8(FILLER, 3);
  return header;
}
