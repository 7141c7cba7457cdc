import {
  FRAME_HEADER_LENGTH,
  frameLength,
  frameType,
  isPlausibleFrameHeader,
  mayComeFirst,
  SETTINGS,
} from './http2-frame.ts';

/** What a client's connection preface begins with (RFC 9113 section 3.4). */
export const CLIENT_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** SETTINGS_MAX_FRAME_SIZE unless the peer says otherwise (RFC 9113 section 6.5.2). */
const DEFAULT_MAX_LENGTH = 16_384;

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
  if (!mayComeFirst(bytes, 0) || !beginsFrames(bytes, 0)) return 'other';
  return frameType(bytes, 0) === SETTINGS ? 'settings' : 'frames';
}

/**
 * Offset of the first frame that begins in the middle of `bytes`, and can come first, or -1. As noise looks like a
 * header now and then, it must be no longer than frames are by default, of a stream below 2^24.
 */
export function findHttp2Frame(bytes: Uint8Array): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  for (let at = 0; at <= last; at++) {
    const isUsual = bytes[at] === 0 && bytes[at + 5] === 0;
    if (isUsual && frameLength(bytes, at) <= DEFAULT_MAX_LENGTH && beginsFrames(bytes, at))
      return findFirst(bytes, at);
  }
  return -1;
}

/** Offset of the first of the frames from `at` on that can come first, or -1. */
function findFirst(bytes: Uint8Array, start: number): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  let at = start;
  while (at <= last && !mayComeFirst(bytes, at)) at += FRAME_HEADER_LENGTH + frameLength(bytes, at);
  return at <= last ? at : -1;
}

/** Whether all frame headers from `at` on are plausible, of as many frames as begin there. */
function beginsFrames(bytes: Uint8Array, start: number): boolean {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  for (let at = start; at <= last; at += FRAME_HEADER_LENGTH + frameLength(bytes, at)) {
    if (!isPlausibleFrameHeader(bytes, at)) return false;
  }
  return true;
}
