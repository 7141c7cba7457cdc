import { FRAME_HEADER_LENGTH } from './http2-frame.ts';

const LENGTH_BYTES = 3;

/** Where one end of an HTTP/2 connection is within the frame that it sends (RFC 9113 section 4.1). */
export class Http2Cursor {
  /** Bytes that it still has to send of a payload, or of what comes before the first frame. */
  #payloadLeft: number;
  /** Bytes of a header that it has sent, and the length as far as they tell it. */
  #headerSent = 0;
  #length = 0;

  /** @param prefaceLength of the bytes before the first frame. */
  constructor(prefaceLength: number) {
    this.#payloadLeft = prefaceLength;
  }

  /** Bytes up to the end of the frame, 0 between two frames. Unsent header bytes count as zeros. */
  get frameLeft(): number {
    if (this.#headerSent === 0) return this.#payloadLeft;
    const unsent = Math.max(LENGTH_BYTES - this.#headerSent, 0);
    return FRAME_HEADER_LENGTH - this.#headerSent + this.#length * 256 ** unsent;
  }

  /** Goes on by bytes that are sent. */
  advance(bytes: Uint8Array, start: number, length: number): void {
    const end = start + length;
    let at = start;
    while (at < end) {
      if (this.#payloadLeft > 0) {
        const step = Math.min(this.#payloadLeft, end - at);
        this.#payloadLeft -= step;
        at += step;
      } else {
        this.#advanceHeader(bytes[at++] as number);
      }
    }
  }

  /** Goes on by bytes that nobody knows: to their end if the frame is longer, else to its end. */
  skip(length: number): void {
    const step = Math.min(length, this.frameLeft)
    ...
  }
}
