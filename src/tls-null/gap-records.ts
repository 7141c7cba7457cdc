import { FRAME_HEADER_LENGTH, fillerFrameHeader } from '../http-sniff/http2-frame.ts';
import { MAX_PLAINTEXT_LENGTH } from './record.ts';

/** The plaintext of a record: `head`, and zeros behind it. */
export interface GapRecord {
  readonly length: number;
  readonly head: Uint8Array;
}

const ZEROS = new Uint8Array();

/**
 * The records that stand for `length` bytes that are missing. They are zeros up to `frameLeft`, the
 * end of an HTTP/2 frame; then, as zeros would be read as frame headers, frames that mean nothing.
 */
export function* gapRecords(length: number, frameLeft: number): Generator<GapRecord> {
  const isFrames = length - frameLeft >= FRAME_HEADER_LENGTH;
  const framesLength = isFrames ? length - frameLeft : 0;
  for (let left = length - framesLength; left > 0; left -= MAX_PLAINTEXT_LENGTH) {
    yield { length: Math.min(left, MAX_PLAINTEXT_LENGTH), head: ZEROS };
  }
  for (let left = framesLength; left > 0; ) {
    const frameLength = fillerFrameLength(left);
    yield { length: frameLength, head: fillerFrameHeader(frameLength) };
    left -= frameLength;
  }
}

/** As long as a record may be, but what is left behind it must be enough for another header. */
function fillerFrameLength(left: number): number {
  if (left <= MAX_PLAINTEXT_LENGTH) return left;
  return Math.min(MAX_PLAINTEXT_LENGTH, left - FRAME_HEADER_LENGTH);
}
