import { findLineEnd, matchHttp1Start } from './http1-start.ts';

const SPACE = 32;
const TAB = 9;
const ZERO = 48;
const STATUS_AT = 'HTTP/1.1 '.length;
/** Sets the bit that tells lower case from upper; `-` and `:` have it anyway. */
const LOWER_CASE = 0x20;

const CONTENT_LENGTH = codesOf('content-length:');
const TRANSFER_ENCODING = codesOf('transfer-encoding:');
const CHUNKED = codesOf('chunked');
const UPGRADE = codesOf('upgrade:');
const WEBSOCKET = codesOf('websocket');
const WEBSOCKET_EXTENSIONS = codesOf('sec-websocket-extensions:');
const CONNECT = codesOf('connect');

/**
 * A message's start line and header fields (RFC 9112 section 2.1), read from bytes, where they lie:
 * every event of HTTP/1 begins with one or is a part of a body.
 */
export class Http1Head {
  start: ReturnType<typeof matchHttp1Start> = 'incomplete';
  /** Of a response. */
  status = 0;
  isConnect = false;
  isChunked = false;
  /** Whether it asks for WebSocket, or agrees to it (RFC 6455 section 4). */
  upgradesToWebSocket = false;
  hasWebSocketExtensions = false;
  /** Of the first Content-Length; undefined without one. */
  contentLength: number | undefined;
  /** Where the next line begins, behind the head's begin. */
  #lineAt = 0;

  /** For another head. */
  reset(): void {
    this.start = 'incomplete';
    this.isChunked = false;
    this.upgradesToWebSocket = false;
    this.hasWebSocketExtensions = false;
    this.contentLength = undefined;
    this.#lineAt = 0;
  }

  /**
   * Reads on in the head that begins at `from`, of which more may be there than the last time.
   *
   * @returns the offset behind its empty line, or -1 while that is not there
   */
  read(bytes: Uint8Array, from: number, end: number): number {
    if (this.#lineAt === 0) {
      this.start = matchHttp1Start(bytes, from, end);
      if (this.start === 'other') return -1;
    }
    for (let lineAt = from + this.#lineAt; ; lineAt = from + this.#lineAt) {
      const lineEnd = findLineEnd(bytes, lineAt, end);
      if (lineEnd < 0) return -1;
      if (this.#lineAt === 0) this.#readStartLine(bytes, lineAt);
      else if (lineEnd === lineAt) return lineEnd + 2;
      else this.#readField(bytes, lineAt, lineEnd);
      this.#lineAt = lineEnd + 2 - from;
    }
  }

  #readStartLine(bytes: Uint8Array, at: number): void {
    const isResponse = this.start === 'response';
    this.status = isResponse ? readNumber(bytes, at + STATUS_AT, at + STATUS_AT + 3) : 0;
    this.isConnect = !isResponse && isAt(CONNECT, bytes, at);
  }

  #readField(bytes: Uint8Array, at: number, end: number): void {
    if (isAt(CONTENT_LENGTH, bytes, at)) {
      let digits = at + CONTENT_LENGTH.length;
      while (bytes[digits] === SPACE || bytes[digits] === TAB) digits++;
      if (isDigit(bytes[digits] as number)) {
        this.contentLength ??= readNumber(bytes, digits, end);
      }
    } else if (isAt(TRANSFER_ENCODING, bytes, at)) {
      if (hasWord(CHUNKED, bytes, at + TRANSFER_ENCODING.length, end)) this.isChunked = true;
    } else if (isAt(UPGRADE, bytes, at)) {
      if (hasWord(WEBSOCKET, bytes, at + UPGRADE.length, end)) this.upgradesToWebSocket = true;
    } else if (isAt(WEBSOCKET_EXTENSIONS, bytes, at)) {
      this.hasWebSocketExtensions = true;
    }
  }
}

/** Behind the bytes' end nothing is equal. */
function isAt(lowerCase: readonly number[], bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < lowerCase.length; i++) {
    if (((bytes[at + i] as number) | LOWER_CASE) !== lowerCase[i]) return false;
  }
  return true;
}

function hasWord(
  lowerCase: readonly number[],
  bytes: Uint8Array,
  from: number,
  end: number,
): boolean {
  for (let word = from; word < end; word++) if (isAt(lowerCase, bytes, word)) return true;
  return false;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 10;
}

function readNumber(bytes: Uint8Array, from: number, end: number): number {
  let number = 0;
  for (let at = from; at < end && isDigit(bytes[at] as number); at++) {
    number = number * 10 + (bytes[at] as number) - ZERO;
  }
  return number;
}

function codesOf(text: string): number[] {
  return [...Buffer.from(text, 'latin1')];
}
