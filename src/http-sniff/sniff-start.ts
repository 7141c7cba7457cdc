import { matchHttp1Start } from './http1-start.ts';
import { matchHttp2Start } from './http2-start.ts';

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

/** A request line of this length is looked at in whole. */
const MAX_TEXT_LENGTH = 8192;

/**
 * What the first captured bytes of one end are: those of a message, or, if the capture began later
 * than the connection, of a whole HTTP/2 frame. `incomplete` when fewer than 24 may become several.
 */
export function sniffStart(bytes: Uint8Array): Start | 'incomplete' {
  const http2 = matchHttp2Start(bytes);
  if (http2 === 'incomplete') return http2;
  if (http2 !== 'other') return `http2-${http2}`;
  const text = Buffer.from(bytes.subarray(0, MAX_TEXT_LENGTH)).toString('latin1');
  const http1 = matchHttp1Start(text);
  return http1 === 'request' || http1 === 'response' ? `http1-${http1}` : http1;
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
