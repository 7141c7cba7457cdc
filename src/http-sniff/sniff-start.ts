import { findHttp1Start, matchHttp1Start } from './http1-start.ts';
import { findHttp2Frame, matchHttp2Start } from './http2-start.ts';

/** What the bytes of one end of a conversation begin with; `other` is any other protocol. */
export type Start =
  | 'http2-preface'
  | 'http2-settings'
  | 'http2-frames'
  | 'http1-request'
  | 'http1-response'
  | 'other';

/** By their ALPN names (RFC 7301 section 6). */
export type HttpVersion = 'h2' | 'http/1.1';

/** A longer request line is not read to its end. */
const MAX_LINE_LENGTH = 8192;

/**
 * What `bytes` begin with: a message, or, as a capture may begin later than its connections, any
 * HTTP/2 frame. `incomplete` if they are less than 24, and what follows may make them several.
 */
export function sniffStart(bytes: Uint8Array): Start | 'incomplete' {
  const http2 = matchHttp2Start(bytes);
  if (http2 === 'incomplete') return http2;
  if (http2 !== 'other') return `http2-${http2}`;
  const http1 = matchHttp1Start(bytes, 0, Math.min(bytes.length, MAX_LINE_LENGTH));
  return http1 === 'request' || http1 === 'response' ? `http1-${http1}` : http1;
}

/** Offset of the first HTTP/1 message or HTTP/2 frame that begins anywhere in `bytes`, or -1. */
export function findStart(bytes: Uint8Array, version: HttpVersion): number {
  return version === 'h2' ? findHttp2Frame(bytes) : findHttp1Start(latin1(bytes));
}

export function httpVersionOf(start: Start): HttpVersion | undefined {
  switch (start) {
    case 'http2-preface':
    case 'http2-settings':
    case 'http2-frames':
      return 'h2';
    case 'http1-request':
    case 'http1-response':
      return 'http/1.1';
    case 'other':
      return undefined;
  }
}

/** The end that sends such a start, unless both do. */
export function senderOf(start: Start): 'client' | 'server' | undefined {
  switch (start) {
    case 'http2-preface':
    case 'http1-request':
      return 'client';
    case 'http1-response':
      return 'server';
    default:
      return undefined;
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
