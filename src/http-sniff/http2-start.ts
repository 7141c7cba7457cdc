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
 * Whether these first bytes begin HTTP/2: with the client's preface, or with frames, up to the end
 * of the bytes. SETTINGS, which also begin what the server sends, are told from other frames.
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
  if (!isFrameChain(bytes)) return 'other';
  return frameType(bytes, 0) === SETTINGS ? 'settings' : 'frames';
}

/** Whether every frame that begins in the bytes has a plausible header, if all of it is there. */
function isFrameChain(bytes: Uint8Array): boolean {
  const last = bytes.length - FRAME_HEADER_LENGTH;
  for (let at = 0; at <= last; at += FRAME_HEADER_LENGTH + frameLength(bytes, at)) {
    if (!isPlausibleFrameHeader(bytes, at)) return false;
  }
  return true;
}
