import { http1Filler } from '../http-sniff/http1-filler.ts';
import { FRAME_HEADER_LENGTH, fillerFrameHeader } from '../http-sniff/http2-frame.ts';
import { minFrameLength, webSocketFillerHeader } from '../http-sniff/websocket-frame.ts';
import { MAX_PLAINTEXT_LENGTH } from './record.ts';

/** The plaintext of a record: `head`, and zeros behind it. */
export interface GapRecord {
  readonly length: number;
  readonly head: Uint8Array;
}

/** Frames that mean nothing. */
export interface FillerFrames {
  readonly minLength: number;
  /** @param length of the frame, its header included */
  readonly header: (length: number) => Uint8Array;
}

const ZEROS = new Uint8Array();

/** Wireshark takes an empty frame of an unknown type for malformed. */
const HTTP2_FILLER = { minLength: FRAME_HEADER_LENGTH + 1, header: fillerFrameHeader };

/** Of WebSocket, as the client or the server sends them: whatever has no room for these is no frame. */
export function webSocketFiller(isClient: boolean): FillerFrames {
  return {
    minLength: minFrameLength(isClient),
    header: (length) => webSocketFillerHeader(length, isClient),
  };
}

/** The records that stand for `length` bytes that are missing of HTTP/1, beyond the end of a body. */
export function* http1GapRecords(length: number): Generator<GapRecord> {
  for (let left = length; left > 0; left -= MAX_PLAINTEXT_LENGTH) {
    if (left <= MAX_PLAINTEXT_LENGTH) yield { length: left, head: http1Filler(left) };
    else yield { length: MAX_PLAINTEXT_LENGTH, head: ZEROS };
  }
}

/**
 * The records, one at least, that stand for `length` bytes that are missing. They are zeros up to
 * `frameLeft`, the end of a frame; then, as zeros would be read as frame headers, frames that mean
 * nothing. What is too short for such a frame is not written.
 */
export function* gapRecords(
  length: number,
  frameLeft: number,
  frames: FillerFrames = HTTP2_FILLER,
): Generator<GapRecord> {
  const { minLength, header } = frames;
  for (let left = frameLeft; left > 0; left -= MAX_PLAINTEXT_LENGTH) {
    yield { length: Math.min(left, MAX_PLAINTEXT_LENGTH), head: ZEROS };
  }
  let left = length - frameLeft;
  if (length < minLength && frameLeft === 0) yield { length: 0, head: ZEROS };
  while (left >= minLength) {
    const frameLength = fillerLength(left, minLength);
    yield { length: frameLength, head: header(frameLength) };
    left -= frameLength;
  }
}

/** As long as a record may be, but what is left behind it must be enough for another frame. */
function fillerLength(left: number, minLength: number): number {
  if (left <= MAX_PLAINTEXT_LENGTH) return left;
  return Math.min(MAX_PLAINTEXT_LENGTH, left - minLength);
}
