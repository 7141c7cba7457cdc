/** HTTP/2 frame headers (RFC 9113 section 4.1). */

export const FRAME_HEADER_LENGTH = 9;

export const DATA = 0x0;
export const SETTINGS = 0x4;
const HEADERS = 0x1;
const PUSH_PROMISE = 0x5;
const CONTINUATION = 0x9;
const END_STREAM = 0x01;
const END_HEADERS = 0x04;

/** SETTINGS_MAX_FRAME_SIZE unless the peer says otherwise (RFC 9113 section 6.5.2). */
export const DEFAULT_MAX_LENGTH = 16_384;
/**
 * Peers may allow frames of 16 MiB, but use some KiB, and what is longer than the default is DATA of
 * a stream that the client began. A lower limit tells frames better from other bytes: these four
 * bits of a header must be 0.
 */
const MAX_LENGTH = 0x0f_ffff;

/** What frames of one type look like (RFC 9113 section 6). */
interface FrameShape {
  /** All flags that are defined. */
  readonly flags: number;
  readonly scope: 'stream' | 'connection' | 'either';
  readonly fits: (length: number, flags: number) => boolean;
}

const ANY_LENGTH = () => true;

const isWhole = (length: number, flags: number) =>
  endsHeaderBlock(flags) || length === DEFAULT_MAX_LENGTH;

const SHAPES = new Map<number, FrameShape>([
  // DATA. Nobody sends empty ones that end nothing, but wherever there are zeros they seem to be.
  [DATA, { flags: 0x09, scope: 'stream', fits: (n, flags) => n > 0 || (flags & END_STREAM) !== 0 }],
  [HEADERS, { flags: 0x2d, scope: 'stream', fits: (length) => length > 0 }],
  // PRIORITY
  [0x2, { flags: 0x00, scope: 'stream', fits: (length) => length === 5 }],
  // RST_STREAM
  [0x3, { flags: 0x00, scope: 'stream', fits: (length) => length === 4 }],
  [SETTINGS, { flags: 0x01, scope: 'connection', fits: (length) => length % 6 === 0 }],
  // What goes on in a CONTINUATION is full: HEADERS without their first byte seem to be others.
  [PUSH_PROMISE, { flags: 0x0c, scope: 'stream', fits: (n, flags) => n >= 4 && isWhole(n, flags) }],
  // PING
  [0x6, { flags: 0x01, scope: 'connection', fits: (length) => length === 8 }],
  // GOAWAY
  [0x7, { flags: 0x00, scope: 'connection', fits: (length) => length >= 8 }],
  // WINDOW_UPDATE
  [0x8, { flags: 0x00, scope: 'either', fits: (length) => length === 4 }],
  [CONTINUATION, { flags: 0x04, scope: 'stream', fits: ANY_LENGTH }],
  // ALTSVC (RFC 7838 section 4)
  [0xa, { flags: 0x00, scope: 'either', fits: (length) => length >= 2 }],
  // ORIGIN (RFC 8336 section 2)
  [0xc, { flags: 0x00, scope: 'connection', fits: ANY_LENGTH }],
  // PRIORITY_UPDATE (RFC 9218 section 7.1)
  [0x10, { flags: 0x00, scope: 'connection', fits: (length) => length >= 4 }],
]);

/** The length of the payload of the frame whose header is at `at`. */
export function frameLength(bytes: Uint8Array, at: number): number {
  return (byte(bytes, at) << 16) | (byte(bytes, at + 1) << 8) | byte(bytes, at + 2);
}

export function frameType(bytes: Uint8Array, at: number): number {
  return byte(bytes, at + 3);
}

/** Whether what is at `at` may be a frame header: of a known type, and in its shape. */
export function isPlausibleFrameHeader(bytes: Uint8Array, at: number): boolean {
  const shape = SHAPES.get(frameType(bytes, at));
  if (shape === undefined) return false;
  const length = frameLength(bytes, at);
  const flags = byte(bytes, at + 4);
  if (length > MAX_LENGTH || !shape.fits(length, flags) || flags & ~shape.flags) return false;
  const isOfClients = byte(bytes, at + 8) % 2 === 1;
  if (length > DEFAULT_MAX_LENGTH && !(frameType(bytes, at) === DATA && isOfClients)) return false;
  const isReservedBitSet = byte(bytes, at + 5) >= 0x80;
  const isOfStream = bytes.subarray(at + 5, at + FRAME_HEADER_LENGTH).some((octet) => octet > 0);
  return !isReservedBitSet && shape.scope !== (isOfStream ? 'connection' : 'stream');
}

/** Whether a frame is of a header block (section 4.3). */
export function isOfHeaderBlock(type: number): boolean {
  return type === HEADERS || type === PUSH_PROMISE || type === CONTINUATION;
}

export function endsHeaderBlock(flags: number): boolean {
  return (flags & END_HEADERS) !== 0;
}

/**
 * Whether a reader can begin with the frame. From a part of a header block none can go on:
 * Wireshark decodes no headers of that end any more.
 */
export function mayComeFirst(bytes: Uint8Array, at: number): boolean {
  return frameType(bytes, at) !== CONTINUATION;
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number;
}

/** A type for experiments, whose frames readers skip (section 4.1, and section 11.2 of RFC 7540). */
const FILLER = 0xff;

/** The header of a frame that stands for `length` unknown bytes, its own included. */
export function fillerFrameHeader(length: number): Uint8Array {
  const header = Buffer.alloc(FRAME_HEADER_LENGTH);
  header.writeUIntBE(length - FRAME_HEADER_LENGTH, 0, 3);
  header.writeUInt8(FILLER, 3);
  return header;
}
