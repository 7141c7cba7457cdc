import {
  beginsFrames,
  LENGTH_16,
  LENGTH_64,
  LENGTH_MASK,
  MASK_BIT,
  MASKING_KEY_LENGTH,
  minFrameLength,
} from './websocket-frame.ts';

/** Where one end of a WebSocket connection is within the frame that it sends (RFC 6455 section 5.2). */
export class WebSocketCursor {
  /** Whether its frames are masked: those of clients are. */
  readonly #isMasked: boolean;
  readonly #hasExtensions: boolean;
  /** Of the frame that is under way: its first byte is there, but not its second one. */
  #isBegun = false;
  /** Bytes to come of a longer length, and of a masking key. */
  #lengthLeft = 0;
  #keyLeft = 0;
  /** Bytes to come of the payload; while `#lengthLeft` is not 0, what its length begins with. */
  #payloadLeft = 0;

  /** @param hasExtensions whether these were agreed on, as far as its sender told */
  constructor(sender: 'client' | 'server', hasExtensions: boolean) {
    this.#isMasked = sender === 'client';
    this.#hasExtensions = hasExtensions;
  }

  /** Bytes up to the end of the frame, 0 between two frames; as if a header's rest was zeros. */
  get left(): number {
    if (this.#isBegun) return 1;
    return this.#lengthLeft + this.#keyLeft + this.#payloadLeft * 256 ** this.#lengthLeft;
  }

  /** Whether that is so, and not the least that may be left. */
  get isLeftKnown(): boolean {
    return !this.#isBegun && this.#lengthLeft === 0;
  }

  /** Goes on by the bytes that are sent, up to the offset `end`. */
  advance(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; ) {
      if (this.#payloadLeft > 0 && this.#lengthLeft === 0 && this.#keyLeft === 0) {
        const step = Math.min(this.#payloadLeft, end - at);
        this.#payloadLeft -= step;
        at += step;
      } else {
        this.#advanceHeader(bytes[at++] as number);
      }
    }
  }

  /** Goes on by bytes that are unknown, but not beyond the frame: there begins another one. */
  skip(length: number): void {
    if (length >= this.left) {
      this.#isBegun = false;
      this.#lengthLeft = 0;
      this.#keyLeft = 0;
      this.#payloadLeft = 0;
      return;
    }
    let left = length;
    for (; left > 0 && this.#lengthLeft + this.#keyLeft > 0; left--) this.#advanceHeader(0);
    this.#payloadLeft -= left;
  }

  /**
   * Offset of a frame that begins in the bytes, or -1. Behind the frame that is under way one is
   * looked for at the begin of calls alone.
   *
   * @param missing how many bytes before these are unknown
   */
  findStart(bytes: Uint8Array, missing: number, isBeginOfCall: boolean): number {
    const beyond = missing - this.left;
    if (beyond < 0) return this.isLeftKnown && -beyond <= bytes.length ? -beyond : -1;
    const isShortOfFrame = beyond > 0 && beyond < minFrameLength(this.#isMasked);
    if (!isBeginOfCall || (isShortOfFrame && this.isLeftKnown)) return -1;
    return beginsFrames(bytes, this.#isMasked, this.#hasExtensions) ? 0 : -1;
  }

  #advanceHeader(byte: number): void {
    if (this.#isBegun) {
      this.#beginLength(byte);
    } else if (this.#lengthLeft > 0) {
      this.#payloadLeft = this.#payloadLeft * 256 + byte;
      this.#lengthLeft--;
    } else if (this.#keyLeft > 0) {
      this.#keyLeft--;
    } else {
      this.#isBegun = true;
    }
  }

  #beginLength(byte: number): void {
    const length = byte & LENGTH_MASK;
    this.#isBegun = false;
    this.#keyLeft = byte & MASK_BIT ? MASKING_KEY_LENGTH : 0;
    if (length === LENGTH_16) this.#lengthLeft = 2;
    else if (length === LENGTH_64) this.#lengthLeft = 8;
    else this.#payloadLeft = length;
  }
}
