import type { DataEvent } from '../event.ts';
import { Http1Cursor } from '../http-sniff/http1-cursor.ts';
import { Http2Cursor } from '../http-sniff/http2-cursor.ts';
import { findStart, type HttpVersion, sniffStart } from '../http-sniff/sniff-start.ts';
import { capturedBytes } from './captured-bytes.ts';

/** After so many bytes without a message, what comes is written as it is. */
const MAX_LEFT_OUT = 1024 * 1024;

/**
 * How far one direction of a session is in the file, and what of it cannot go there: readers get
 * lost in HTTP that begins, or goes on after a gap, in the middle of a message or frame.
 */
export class SessionDirection {
  /** Position behind what was written, or told as missing. */
  end: number;
  /** Captured bytes behind `end` that are left out, as no message or frame begins in them. */
  leftOut = 0;
  /** Captured bytes behind `end` for which the reader had no room. */
  missed = 0;
  /** Whether `end` is not known, as what was before is forgotten. */
  isForgotten = false;
  #version: HttpVersion | undefined;
  #isAligned = true;
  #cursor: Http1Cursor | Http2Cursor | undefined;

  /** @param position where it begins in this file */
  constructor(position = 0) {
    this.end = position;
  }

  /** Takes a position that was reached for its end, if that is not known. */
  reach(position: number): void {
    if (this.isForgotten) this.end = position;
    this.isForgotten = false;
  }

  /** @param isLate whether the first data may begin in the middle, as it does behind earlier data. */
  begin(version: HttpVersion | undefined, isLate: boolean): void {
    this.#version = version;
    this.#isAligned = !isLate && this.end === 0;
    if (version === 'h2') this.#cursor = new Http2Cursor();
    else if (version === 'http/1.1') this.#cursor = new Http1Cursor();
  }

  /** In HTTP, bytes from `end` to the end of the body, chunk or frame that it is in. */
  get contentLeft(): number | undefined {
    return this.#cursor instanceof Http2Cursor ? this.#cursor.left : this.#cursor?.contentLeft;
  }

  /** Whether `end` is in a header block of HTTP/2: readers cannot go on behind what is missing of it. */
  get isInHeaderBlock(): boolean {
    return this.#cursor instanceof Http2Cursor && this.#cursor.isInHeaderBlock;
  }

  /** What follows goes into another stream, which must not begin in the middle. */
  restart(): void {
    const { left = 0 } = this.#cursor ?? {};
    if (this.isInHeaderBlock || (left > 0 && Number.isFinite(left))) this.#isAligned = false;
  }

  /**
   * How many of the event's first bytes are not written, up to all: those that it was overtaken
   * by, which stand in the file as lost, and those that are left out.
   */
  skip(event: DataEvent): number {
    const { position, capturedLength } = event;
    const lost = position - this.end - this.leftOut;
    if (lost > 0 && this.#endsInMiddle(lost)) this.#isAligned = false;
    const overtaken = Math.min(Math.max(-lost, 0), capturedLength);
    if (this.#isAligned || overtaken === capturedLength) return overtaken;

    const bytes = capturedBytes(event).subarray(overtaken);
    const start = this.#findStart(bytes);
    if (start < 0 && this.leftOut + bytes.length <= MAX_LEFT_OUT) {
      this.leftOut += bytes.length;
      return capturedLength;
    }
    this.#isAligned = true;
    this.leftOut += Math.max(start, 0);
    return overtaken + Math.max(start, 0);
  }

  /** Goes on by bytes that were written. */
  advance(bytes: Uint8Array, start: number, length: number): void {
    this.end += length;
    this.#cursor?.advance(bytes, start, length);
  }

  /** So many bytes are cut off behind those that were written, or left out. */
  cutOff(length: number): void {
    if (this.#endsInMiddle(length)) this.#isAligned = false;
  }

  /** Goes on to a position by what is missing before it. */
  skipTo(position: number): void {
    this.#cursor?.skip(position - this.end);
    this.end = position;
    this.leftOut = 0;
    this.missed = 0;
  }

  /** Whether what follows after so many bytes that are missing may begin in the middle. */
  #endsInMiddle(missing: number): boolean {
    if (this.#cursor === undefined) return false;
    return this.isInHeaderBlock || this.leftOut + missing > this.#cursor.left;
  }

  #findStart(bytes: Uint8Array): number {
    if (this.#version === undefined || sniffStart(bytes) !== 'other') return 0;
    return findStart(bytes, this.#version);
  }
}
