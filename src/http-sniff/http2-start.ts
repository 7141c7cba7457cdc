import {
  DEFAULT_MAX_LENGTH,
  FRAME_HEADER_LENGTH,
  frameLength,
  frameType,
  isPlausibleFrameHeader,
  mayComeFirst,
  SETTINGS,
} from './http2-frame.ts';

/** What a client's connection preface begins with (RFC 9113 section 3.4). */
export const CLIENT_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** No plausible length has a greater first byte. */
const MAX_FIRST_BYTE = 0x0f;

/**
 * Whether `bytes` begin HTTP/2: with the client's preface, or with frames, up to the end of the
 * bytes. SETTINGS, with which the server begins, are told from other frames.
 */
export function matchHttp2Start(
  bytes: Uint8Array,
): 'preface' | 'settings' | 'frames' | 'incomplete' | 'other' {
  const text = Buffer.from(bytes.subarray(0, CLIENT_PREFACE.length)).toString('latin1');
  if (text === CLIENT_PREFACE) return 'preface';
  if (CLIENT_PREFACE.startsWith(text)) return 'incomplete';
  if (bytes.length < FRAME_HEADER_LENGTH) {
    return (bytes[0] as number) <= MAX_FIRST_BYTE ? 'incomplete' : 'other';
  }
  if (!mayComeFirst(bytes, 0) || framesEnd(bytes, 0) < 0) return 'other';
  return frameType(bytes, 0) === SETTINGS ? 'settings' : 'frames';
}

/**
 * Offset of the first frame that begins in the middle of `bytes`, and can come first, or -1. As
 * noise looks like a header now and then, it must be no longer than frames are by default, of a
 * stream below 2^24; and of several, one is preferred with which the bytes end, or behind which
 * there is another.
 */
export function findHttp2Frame(bytes: Uint8Array): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  let alone = -1;
  let followed = -1;
  for (let at = 0; at <= last; at++) {
    const isUsual = bytes[at] === 0 && bytes[at + 5] === 0;
    if (!isUsual || frameLength(bytes, at) > DEFAULT_MAX_LENGTH) continue;
    const end = framesEnd(bytes, at);
    if (end === bytes.length) return findFirst(bytes, at);
    if (end < 0) continue;
    if (followed < 0 && end > frameEnd(bytes, at)) followed = at;
    if (alone < 0) alone = at;
  }
  const found = followed < 0 ? alone : followed;
  return found < 0 ? found : findFirst(bytes, found);
}

/** Offset of the first of the frames from `at` on that can come first, or -1. */
function findFirst(bytes: Uint8Array, start: number): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  let at = start;
  while (at <= last && !mayComeFirst(bytes, at)) at = frameEnd(bytes, at);
  return at <= last ? at : -1;
}

/**
 * Where the last of the frames ends that begin from `start` on, which may be behind the bytes; -1 if
 * a header is not plausible.
 */
function framesEnd(bytes: Uint8Array, start: number): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  let at = start;
  for (; at <= last; at = frameEnd(bytes, at)) {
    if (!isPlausibleFrameHeader(bytes, at)) return -1;
  }
  return at;
}

function frameEnd(bytes: Uint8Array, at: number): number {
  return at + FRAME_HEADER_LENGTH + frameLength(bytes, at);
}
