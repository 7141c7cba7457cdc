import { Http1Head } from './http1-head.ts';
import { matchHttp1Start } from './http1-start.ts';
import { WebSocketCursor } from './websocket-cursor.ts';

/** A chunk's size; extensions may follow (RFC 9112 section 7.1). */
const CHUNK_SIZE = /^[0-9a-f]+/i;
const LINE_FEED = 10;
const CRLF_LENGTH = 2;
const SWITCHING_PROTOCOLS = 101;
/** What is longer is no head. */
const MAX_HEAD_LENGTH = 256 * 1024;
/** Of a head that comes in parts, so much is taken at a time: a body behind it is not. */
const HEAD_STEP = 1024;
const NO_BYTES = new Uint8Array();

/** Of heads that come whole. */
const wholeHead = new Http1Head();

/** `endless` is what ends with its connection, and what is not known to be HTTP. */
type Part = 'head' | 'body' | 'chunk-size' | 'chunk' | 'trailers' | 'websocket' | 'endless';

/** Where one end of an HTTP/1 connection is within the message that it sends (RFC 9112). */
export class Http1Cursor {
  #part: Part = 'head';
  /** Bytes to come of a body; of a chunk and the CRLF behind it. */
  #left = 0;
  /** Whether a part of a body, of a chunk, or of WebSocket came. */
  #isUnderWay = false;
  /** What came of a line. */
  #text = '';
  /** What came of a head that is not whole, and what it tells. */
  #held = NO_BYTES;
  #heldLength = 0;
  #heldHead: Http1Head | undefined;
  #webSocket: WebSocketCursor | undefined;

  /** Where it is in WebSocket, if that is what it sends, or a client has asked to send. */
  get webSocket(): WebSocketCursor | undefined {
    return this.#webSocket;
  }

  /**
   * Bytes of a body, of a chunk, or of a frame of WebSocket that are still to come: for these, no
   * boundary is missed.
   */
  get left(): number {
    if (this.#webSocket) return this.#webSocket.left;
    return this.#part === 'endless' ? Number.POSITIVE_INFINITY : this.#left;
  }

  /** Whether it is in the middle of one, behind which a message or frame can begin. */
  get isInMiddle(): boolean {
    return this.left > 0 && this.#part !== 'endless';
  }

  /** The same without the CRLF behind a chunk, which readers need. */
  get contentLeft(): number {
    if (this.#webSocket) return this.#webSocket.left;
    if (this.#part === 'body') return this.#left;
    return this.#part === 'chunk' ? Math.max(this.#left - CRLF_LENGTH, 0) : 0;
  }

  /** Goes on by bytes that are sent. */
  advance(bytes: Uint8Array, start: number, length: number): void {
    const end = start + length;
    if (this.#isMessage(bytes, start, end)) this.#begin('head');
    for (let at = start; at < end; ) at = this.#pass(bytes, at, end);
  }

  /** Goes on by bytes that are unknown. Beyond `left` a message or frame begins. */
  skip(length: number): void {
    if (this.#part === 'endless') return;
    if (this.#webSocket) this.#webSocket.skip(length);
    else if (length > this.#left) this.#begin('head');
    else this.#shorten(length);
  }

  /**
   * Whether a message begins the bytes where WebSocket was to: the server has refused that. No frame
   * begins with a letter of a method.
   */
  leavesWebSocket(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.#part !== 'websocket' || this.#isUnderWay) return false;
    const isMessage = matchHttp1Start(bytes, at, end) !== 'other';
    if (isMessage) this.#begin('head');
    return isMessage;
  }

  /**
   * Whether a message begins where another part was to go on: a response to HEAD has no body, though
   * its head tells of one.
   */
  #isMessage(bytes: Uint8Array, at: number, end: number): boolean {
    if (this.#part === 'head' || this.#part === 'websocket' || this.#isUnderWay) return false;
    const start = matchHttp1Start(bytes, at, end);
    return start === 'request' || start === 'response';
  }

  /** Offset behind what it took: one byte at least. */
  #pass(bytes: Uint8Array, at: number, end: number): number {
    switch (this.#part) {
      case 'head':
        return this.#heldHead ? this.#passHeld(bytes, at, end) : this.#passHead(bytes, at, end);
      case 'body':
      case 'chunk': {
        const step = Math.min(this.#left, end - at);
        this.#shorten(step);
        return at + step;
      }
      case 'chunk-size':
      case 'trailers':
        return this.#passLine(bytes, at, end);
      case 'websocket':
        return this.#passWebSocket(bytes, at, end);
      case 'endless':
        return end;
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
    this.#held = NO_BYTES;
    this.#heldLength = 0;
    this.#heldHead = undefined;
    this.#webSocket = undefined;
  }

  #passHead(bytes: Uint8Array, at: number, end: number): number {
    wholeHead.reset();
    const headEnd = wholeHead.read(bytes, at, end);
    if (headEnd >= 0) {
      this.#beginBody(wholeHead);
      return headEnd;
    }
    if (wholeHead.start === 'other') {
      this.#begin('endless');
      return end;
    }
    this.#heldHead = new Http1Head();
    return this.#passHeld(bytes, at, end);
  }

  #passHeld(bytes: Uint8Array, at: number, end: number): number {
    const head = this.#heldHead as Http1Head;
    const before = this.#heldLength;
    const stepEnd = Math.min(at + HEAD_STEP, end);
    this.#hold(bytes.subarray(at, stepEnd));
    const headEnd = head.read(this.#held, 0, this.#heldLength);
    if (headEnd >= 0) {
      this.#beginBody(head);
      return at + headEnd - before;
    }
    if (head.start === 'other' || this.#heldLength > MAX_HEAD_LENGTH) this.#begin('endless');
    return stepEnd;
  }

  #hold(bytes: Uint8Array): void {
    const length = this.#heldLength + bytes.length;
    if (length > this.#held.length) {
      const longer = new Uint8Array(Math.max(2 * length, HEAD_STEP));
      longer.set(this.#held);
      this.#held = longer;
    }
    this.#held.set(bytes, this.#heldLength);
    this.#heldLength = length;
  }

  /** As the head tells it (section 6.3). */
  #beginBody(head: Http1Head): void {
    const { start, status, isConnect, isChunked, contentLength } = head;
    const isResponse = start === 'response';
    const hasNone = isResponse && (status < 200 || status === 204 || status === 304);
    if (isWebSocketNext(head)) this.#beginWebSocket(head);
    else if (status === SWITCHING_PROTOCOLS || isConnect) this.#begin('endless');
    else if (hasNone) this.#begin('head');
    else if (isChunked) this.#begin('chunk-size');
    else if (contentLength) this.#begin('body', contentLength);
    else this.#begin(isResponse && contentLength === undefined ? 'endless' : 'head');
  }

  #beginWebSocket({ start, hasWebSocketExtensions }: Http1Head): void {
    this.#begin('websocket');
    const sender = start === 'request' ? 'client' : 'server';
    this.#webSocket = new WebSocketCursor(sender, hasWebSocketExtensions);
  }

  #passWebSocket(bytes: Uint8Array, at: number, end: number): number {
    if (this.leavesWebSocket(bytes, at, end)) return this.#passHead(bytes, at, end);
    this.#isUnderWay = true;
    this.#webSocket?.advance(bytes, at, end);
    return end;
  }

  #passLine(bytes: Uint8Array, at: number, end: number): number {
    const rest = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at);
    const length = rest.indexOf(LINE_FEED);
    this.#text += rest.toString('latin1', 0, length < 0 ? undefined : length);
    if (length < 0) return end;
    this.#endLine();
    return at + length + 1;
  }

  #endLine(): void {
    const line = this.#text.trimEnd();
    this.#text = '';
    if (this.#part === 'trailers') {
      if (line === '') this.#begin('head');
      return;
    }
    const size = Number.parseInt(CHUNK_SIZE.exec(line)?.[0] ?? '', 16);
    if (Number.isNaN(size)) this.#begin('endless');
    else if (size === 0) this.#begin('trailers');
    else this.#begin('chunk', size + CRLF_LENGTH);
  }
}

/** A client that has asked for it waits for the server to agree. */
function isWebSocketNext({
  start,
  status,
  upgradesToWebSocket,
  contentLength,
}: Http1Head): boolean {
  if (!upgradesToWebSocket) return false;
  return start === 'response' ? status === SWITCHING_PROTOCOLS : !contentLength;
}
