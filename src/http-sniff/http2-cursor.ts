import { endsHeaderBlock, FRAME_HEADER_LENGTH, isOfHeaderBlock } from './http2-frame.ts';
import { CLIENT_PREFACE } from './http2-start.ts';

const LENGTH_BYTES = 3;
const TYPE_AT = 3;
const FLAGS_AT = 4;
/** The preface's first byte; with it in a header, a frame would have 5 MiB. */
const PREFACE_BYTE = CLIENT_PREFACE.charCodeAt(0);

/** Where one end of an HTTP/2 connection is within the frame that it sends (RFC 9113 section 4.1). */
export class Http2Cursor {
  /** Bytes that it has yet to send of a payload, or of the preface. */
  #payloadLeft = 0;
  /** Bytes that it has sent of a header, and the length as far as they tell it. */
  #headerSent = 0;
  #length = 0;
  /** Whether a part of a header block was sent, and whether this frame ends it. */
  #isInBlock = false;
  #endsBlock = false;

  /** Whether it is in the middle of a header block, which may be of several frames (section 4.3). */
  get isInHeaderBlock(): boolean {
    return this.#isInBlock;
  }

  /** Bytes up to the end of the frame, 0 between two frames. Unsent header bytes count as zeros. */
  get left(): number {
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
        if (this.#payloadLeft === 0) this.#endFrame();
      } else {
        this.#advanceHeader(bytes[at++] as number);
      }
    }
  }

  /** Goes on by bytes that are unknown, but not beyond the frame: there begins another one. */
  skip(length: number): void {
    if (length >= this.left) {
      this.#payloadLeft = 0;
      this.#headerSent = 0;
      this.#length = 0;
      this.#isInBlock = false;
      return;
    }
    let left = length;
    for (; left > 0 && this.#headerSent > 0; left--) this.#advanceHeader(0);
    this.#payloadLeft -= left;
  }

  #advanceHeader(byte: number): void {
    if (this.#headerSent === 0 && byte === PREFACE_BYTE) {
      this.#payloadLeft = CLIENT_PREFACE.length - 1;
      return;
    }
    if (this.#headerSent < LENGTH_BYTES) this.#length = this.#length * 256 + byte;
    else if (this.#headerSent === TYPE_AT) this.#isInBlock = isOfHeaderBlock(byte);
    else if (this.#headerSent === FLAGS_AT) this.#endsBlock = endsHeaderBlock(byte);
    this.#headerSent++;
    if (this.#headerSent < FRAME_HEADER_LENGTH) return;
    this.#payloadLeft = this.#length;
    this.#headerSent = 0;
    this.#length = 0;
    if (this.#payloadLeft === 0) this.#endFrame();
  }

  #endFrame(): void {
    if (this.#endsBlock) this.#isInBlock = false;
  }
}
