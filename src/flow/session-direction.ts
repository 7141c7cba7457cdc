import type { DataEvent } from '../event.ts';
import { Http1Cursor } from '../http-sniff/http1-cursor.ts';
import { Http2Cursor } from '../http-sniff/http2-cursor.ts';
import {
  findStart,
  type HttpVersion,
  httpVersionOf,
  sniffStart,
} from '../http-sniff/sniff-start.ts';
import type { WebSocketCursor } from '../http-sniff/websocket-cursor.ts';
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
  /** Whether the stream that it goes into has bytes of it. */
  #isInStream = false;
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
    this.#isInStream = false;
    if (version === 'h2') this.#cursor = new Http2Cursor();
    else if (version === 'http/1.1') this.#cursor = new Http1Cursor();
  }

  /** In HTTP, bytes from `end` to the end of the body, chunk or frame that it is in, in its stream. */
  get contentLeft(): number | undefined {
    if (this.#cursor && !this.#isInStream) return 0;
    return this.#cursor instanceof Http2Cursor ? this.#cursor.left : this.#cursor?.contentLeft;
  }

  /** Whether what its stream has of it is WebSocket by now. */
  get isWebSocket(): boolean {
    return this.#isInStream && this.#webSocket !== undefined;
  }

  get #webSocket(): WebSocketCursor | undefined {
    return this.#cursor instanceof Http1Cursor ? this.#cursor.webSocket : undefined;
  }

  /** Whether readers of its stream cannot go on behind so many bytes that are missing after `end`. */
  breaksAt(missing: number): boolean {
    if (!this.#isInStream || !(this.#cursor instanceof Http2Cursor)) return false;
    return !this.#cursor.canMiss(missing);
  }

  /** What follows goes into another stream. */
  leaveStream(): void {
    this.#isInStream = false;
  }

  /** The same where nothing is missing: the other stream must not begin in the middle. */
  restart(): void {
    this.leaveStream();
    if (this.#cursor?.isInMiddle) this.#isAligned = false;
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
    const missing = this.leftOut + Math.max(lost, 0);
    const start = this.#findStart(bytes, missing, event.callOffset + overtaken === 0);
    // Frames of WebSocket may be longer, and from the middle of one readers do not find the next.
    const isLimited = this.#webSocket === undefined;
    if (start < 0 && (!isLimited || this.leftOut + bytes.length <= MAX_LEFT_OUT)) {
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
    this.#isInStream = true;
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
    const cursor = this.#cursor;
    if (cursor === undefined) return false;
    if (cursor instanceof Http2Cursor && !cursor.canMiss(missing)) return true;
    if (this.#webSocket?.isLeftKnown === false) return true;
    return this.leftOut + missing > cursor.left;
  }

  /** Offset of the first message or frame that begins in the bytes, `missing` after `end`, or -1. */
  #findStart(bytes: Uint8Array, missing: number, isBeginOfCall: boolean): number {
    const cursor = this.#cursor;
    if (cursor instanceof Http1Cursor && cursor.webSocket) {
      if (cursor.leavesWebSocket(bytes, 0, bytes.length)) return 0;
      return cursor.webSocket.findStart(bytes, missing, isBeginOfCall);
    }
    if (!(cursor instanceof Http2Cursor)) return this.#search(bytes);
    const left = Math.max(cursor.left - missing, 0);
    if (left > bytes.length) return -1;
    if (left > 0 && !cursor.isInHeaderBlock) return left;
    const start = this.#search(bytes.subarray(left));
    return start < 0 ? start : left + start;
  }

  #search(bytes: Uint8Array): number {
    const version = this.#version;
    if (version === undefined) return 0;
    const start = sniffStart(bytes);
    // Few bytes seem to begin HTTP/2 more often than not.
    const begins = start === 'incomplete' ? version !== 'h2' : httpVersionOf(start) === version;
    return begins ? 0 : findStart(bytes, version);
  }
}
