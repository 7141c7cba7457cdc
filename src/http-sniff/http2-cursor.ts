import { DATA, endsHeaderBlock, FRAME_HEADER_LENGTH, isOfHeaderBlock } from './http2-frame.ts';
import { CLIENT_PREFACE } from './http2-start.ts';

const LENGTH_BYTES = 3;
const TYPE_AT = 3;
const FLAGS_AT = 4;
/** The preface's first byte; with it in a header, a frame would have 5 MiB. */
const PREFACE_BYTE = CLIENT_PREFACE.charCodeAt(0);

/** Of a frame with a header block: shorter ones have none that changes HPACK's table. */
const MIN_HEADERS_LENGTH = FRAME_HEADER_LENGTH + 1;

/** Where one end of an HTTP/2 connection is within the frame that it sends (RFC 9113 section 4.1). */
export class Http2Cursor {
  /** Bytes that it has yet to send of a payload, or of the preface. */
  #payloadLeft = 0;
  /** Bytes that it has sent of a header, and the length as far as they tell it. */
  #headerSent = 0;
  #length = 0;
  /** Of the frame that was begun last; undefined for the preface. */
  #type: number | undefined;
  /** Whether a part of a header block was sent, and whether this frame ends it. */
  #isInBlock = false;
  #endsBlock = false;

  /** Whether it is in the middle of a frame, or between the frames of a header block (section 4.3). */
  get isInMiddle(): boolean {
    return this.#isInBlock || this.#headerSent > 0 || this.#payloadLeft > 0;
  }

  /** Whether it is in the middle of a header block. */
  get isInHeaderBlock(): boolean {
    return this.#isInBlock;
  }

  /** Bytes up to the end of the frame, 0 between two frames, and before its header tells its length. */
  get left(): number {
    if (this.#headerSent === 0) return this.#payloadLeft;
    if (this.#headerSent < LENGTH_BYTES) return 0;
    return FRAME_HEADER_LENGTH - this.#headerSent + this.#length;
  }

  /**
   * Whether readers can go on in the same stream behind so many bytes that are missing. Within DATA
   * they may be zeros. Wherever else there may have been a header block, whose fields are new
   * entries of HPACK's table: without these, later references lead to others (RFC 7541 section
   * 2.3.3).
   */
  canMiss(length: number): boolean {
    if (this.#isInBlock || this.#headerSent > 0) return false;
    const isData = this.#payloadLeft === 0 || this.#type === DATA;
    return isData && length - this.#payloadLeft < MIN_HEADERS_LENGTH;
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
      this.#type = undefined;
      return;
    }
    if (this.#headerSent < LENGTH_BYTES) this.#length = this.#length * 256 + byte;
    else if (this.#headerSent === TYPE_AT) this.#beginType(byte);
    else if (this.#headerSent === FLAGS_AT) this.#endsBlock = endsHeaderBlock(byte);
    this.#headerSent++;
    if (this.#headerSent < FRAME_HEADER_LENGTH) return;
    this.#payloadLeft = this.#length;
    this.#headerSent = 0;
    this.#length = 0;
    if (this.#payloadLeft === 0) this.#endFrame();
  }

  #beginType(type: number): void {
    this.#type = type;
    this.#isInBlock = isOfHeaderBlock(type);
  }

  #endFrame(): void {
    if (this.#endsBlock) this.#isInBlock = false;
  }
}
