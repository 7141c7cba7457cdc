import { matchHttp1Start } from './http1-start.ts';

const CHUNKED = /\r\ntransfer-encoding:[^\r\n]*chunked/i;
const CONTENT_LENGTH = /\r\ncontent-length:[ \t]*(\d+)/i;
/** A chunk's size; extensions may follow (RFC 9112 section 7.1). */
const CHUNK_SIZE = /^[0-9a-f]+/i;
const LINE_FEED = 10;
const CRLF_LENGTH = 2;
const SWITCHING_PROTOCOLS = 101;
const STATUS_AT = 'HTTP/1.1 '.length;
/** What is longer is no head. */
const MAX_HEAD_LENGTH = 256 * 1024;
/** Of a head, so much is read at a time: a body behind it is not. */
const HEAD_STEP = 1024;

/** `endless` is what ends with its connection, and what is not known to be HTTP. */
type Part = 'head' | 'body' | 'chunk-size' | 'chunk' | 'trailers' | 'endless';

/** Where one end of an HTTP/1 connection is within the message that it sends (RFC 9112). */
export class Http1Cursor {
  #part: Part = 'head';
  /** Bytes to come of a body; of a chunk and the CRLF behind it. */
  #left = 0;
  /** Whether a part of a body, or of a chunk, came. */
  #isUnderWay = false;
  /** What came of a head, or of a line. */
  #text = '';

  /** Bytes of a body, or of a chunk, that are still to come: for these, no boundary is missed. */
  get left(): number {
    return this.#part === 'endless' ? Number.POSITIVE_INFINITY : this.#left;
  }

  /** Whether it is in the middle of a body, or of a chunk, behind which a message can begin. */
  get isInMiddle(): boolean {
    return this.#left > 0;
  }

  /** The same without the CRLF behind a chunk, which readers need. */
  get contentLeft(): number {
    if (this.#part === 'body') return this.#left;
    return this.#part === 'chunk' ? Math.max(this.#left - CRLF_LENGTH, 0) : 0;
  }

  /** Goes on by bytes that are sent. */
  advance(bytes: Uint8Array, start: number, length: number): void {
    const view = Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
    if (this.#isMessage(view)) this.#begin('head');
    for (let at = 0; at < length; ) at = this.#pass(view, at);
  }

  /** Goes on by bytes that are unknown. Beyond `left` a message begins. */
  skip(length: number): void {
    if (this.#part === 'endless') return;
    if (length > this.#left) this.#begin('head');
    else this.#shorten(length);
  }

  /**
   * Whether a message begins where another part was to go on: a response to HEAD has no body, though
   * its head tells of one.
   */
  #isMessage(view: Buffer): boolean {
    if (this.#part === 'head' || this.#isUnderWay) return false;
    const start = matchHttp1Start(view.toString('latin1', 0, STATUS_AT));
    return start === 'request' || start === 'response';
  }

  /** Offset behind what it took: one byte at least. */
  #pass(view: Buffer, at: number): number {
    switch (this.#part) {
      case 'head':
        return this.#passHead(view, at);
      case 'body':
      case 'chunk': {
        const step = Math.min(this.#left, view.length - at);
        this.#shorten(step);
        return at + step;
      }
      case 'chunk-size':
      case 'trailers':
        return this.#passLine(view, at);
      case 'endless':
        return view.length;
    }
  }

  #shorten(length: number): void {
    this.#left -= length;
    this.#isUnderWay = true;
    if (this.#left === 0 && length > 0) this.#begin(this.#part === 'chunk' ? 'chunk-size' : 'head');
  }

  #begin(part: Part, left = 0): void {
    this.#part = part;
    this.#left = left;
    this.#isUnderWay = false;
    this.#text = '';
  }

  #passHead(view: Buffer, at: number): number {
    const before = this.#text.length;
    const stepEnd = Math.min(at + HEAD_STEP, view.length);
    this.#text += view.toString('latin1', at, stepEnd);
    const start = matchHttp1Start(this.#text);
    const end = this.#text.indexOf('\r\n\r\n', Math.max(before - 3, 0));
    if (start === 'other' || (end < 0 && this.#text.length > MAX_HEAD_LENGTH)) {
      this.#begin('endless');
    } else if (end >= 0) {
      this.#beginBody(this.#text.slice(0, end + CRLF_LENGTH));
      return at + end + 2 * CRLF_LENGTH - before;
    }
    return stepEnd;
  }

  /** As the head tells it (section 6.3). */
  #beginBody(head: string): void {
    const isResponse = head.startsWith('HTTP/');
    const status = isResponse ? Number(head.slice(STATUS_AT, STATUS_AT + 3)) : 0;
    const length = Number(CONTENT_LENGTH.exec(head)?.[1] ?? 0);
    const isEndless = status === SWITCHING_PROTOCOLS || head.startsWith('CONNECT ');
    if (isEndless) this.#begin('endless');
    else if (isResponse && (status < 200 || status === 204 || status === 304)) this.#begin('head');
    else if (CHUNKED.test(head)) this.#begin('chunk-size');
    else if (length > 0) this.#begin('body', length);
    else this.#begin(isResponse && !CONTENT_LENGTH.test(head) ? 'endless' : 'head');
  }

  #passLine(view: Buffer, at: number): number {
    const end = view.indexOf(LINE_FEED, at);
    this.#text += view.toString('latin1', at, end < 0 ? view.length : end);
    if (end < 0) return view.length;
    const line = this.#text.trimEnd();
    this.#text = '';
    if (this.#part === 'trailers') {
      if (line === '') this.#begin('head');
      return end + 1;
    }
    const size = Number.parseInt(CHUNK_SIZE.exec(line)?.[0] ?? '', 16);
    if (Number.isNaN(size)) this.#begin('endless');
    else if (size === 0) this.#begin('trailers');
    else this.#begin('chunk', size + CRLF_LENGTH);
    return end + 1;
  }
}
