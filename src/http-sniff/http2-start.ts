import {
  FRAME_HEADER_LENGTH,
  frameLength,
  frameType,
  isPlausibleFrameHeader,
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
  if (!beginsFrames(bytes, 0)) return 'other';
  return frameType(bytes, 0) === SETTINGS ? 'settings' : 'frames';
}

/** Offset of the first frame that begins in the middle of `bytes`, or -1. */
export function findHttp2Frame(bytes: Uint8Array): number {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  for (let at = 0; at <= last; at++) {
    // An upper byte of its stream's number would take eight million requests, and noise has one.
    if (bytes[at + 5] === 0 && beginsFrames(bytes, at)) return at;
  }
  return -1;
}

/** Whether all frame headers from `at` on are plausible, of as many frames as begin there. */
function beginsFrames(bytes: Uint8Array, start: number): boolean {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  for (let at = start; at <= last; at += FRAME_HEADER_LENGTH + frameLength(bytes, at)) {
    if (!isPlausibleFrameHeader(bytes, at)) return false;
  }
  return true;
}
