import { describe, expect, test } from 'vitest';
import { findStart, sniffStart } from '../../src/http-sniff/sniff-start.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** A frame's header (RFC 9113 section 4.1) and as many bytes as it says, or some of them. */
function frame(type: number, flags: number, stream: number, length: number, sent = length) {
  const bytes = Buffer.alloc(9 + sent, 0xee);
  bytes.writeUIntBE(length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt8(flags, 4);
  bytes.writeUInt32BE(stream, 5);
  return bytes;
}

const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;

const latin1 = (text: string) => Buffer.from(text, 'latin1');

describe('what bytes begin with', () => {
  test.each([
    [PREFACE, 'http2-preface'],
    [`${PREFACE}\0\0\0\x04\0\0\0\0\0`, 'http2-preface'],
    ['GET / HTTP/1.1\r\n', 'http1-request'],
    ['GET /a-target-that-goes-on-in-the-next-', 'http1-request'],
    ['PROPFIND /dav HTTP/1.1\r\n', 'http1-request'],
    ['CONNECT example.com:443 HTTP/1.0\r\n', 'http1-request'],
    ['HTTP/1.1 200 OK\r\n', 'http1-response'],
    ['HTTP/1.', 'http1-response'],
    ['OPTIONS sip:a@example.com SIP/2.0\r\nVia: SIP/2.0/TLS x HTTP/1.1\r\n', 'other'],
    ['OPTIONS rtsp://example.com RTSP/1.0\r\n', 'other'],
    ['*1\r\n$4\r\nPING\r\n', 'other'],
    ['GETALL', 'other'],
    ['\x16\x03\x01\x02\x00', 'other'],
    ['PRIX', 'other'],
    ['get / HTTP/1.1\r\n', 'other'],
  ] as const)('%j: %s', (text, expected) => {
    expect(sniffStart(latin1(text))).toBe(expected);
  });

  test.each([
    'P',
    'PR',
    'PRI',
    PREFACE.slice(0, 23),
    'H',
    'HT',
    'GET',
    'PROPPATCH',
    '\0',
    '\0\0\x12',
  ])('%j may become several things', (text) => {
    expect(sniffStart(latin1(text))).toBe('incomplete');
  });

  test.each([
    ['a frame', frame(HEADERS, 0x4, 1, 20), 'http2-frames'],
    ['a frame that goes on', frame(DATA, 0, 1, 16_384, 100), 'http2-frames'],
    ['its header alone', frame(DATA, 0x1, 2 ** 31 - 1, 16_384, 0), 'http2-frames'],
    ['SETTINGS', frame(SETTINGS, 0, 0, 18), 'http2-settings'],
    ['several', Buffer.concat([frame(PING, 0, 0, 8), frame(DATA, 0, 3, 5)]), 'http2-frames'],
    [
      'part of a second header',
      Buffer.concat([frame(PING, 0, 0, 8), latin1('\0\0')]),
      'http2-frames',
    ],
    [
      'a second one of no type',
      Buffer.concat([frame(PING, 0, 0, 8), frame(0x77, 0, 0, 1)]),
      'other',
    ],
    ['PING of another length', frame(PING, 0, 0, 9), 'other'],
    ['PING of a stream', frame(PING, 0, 1, 8), 'other'],
    ['DATA of the connection', frame(DATA, 0, 0, 8), 'other'],
    ['an undefined flag', frame(DATA, 0x2, 1, 8), 'other'],
    ['the reserved bit', frame(WINDOW_UPDATE, 0, 2 ** 31, 4), 'other'],
    ['zeros', Buffer.alloc(100), 'other'],
    ['a header block that goes on', frame(CONTINUATION, 0x4, 1, 20), 'other'],
    ['more than a MiB', frame(DATA, 0, 1, 2 ** 20, 0), 'other'],
  ] as const)('%s', (_, bytes, expected) => {
    expect(sniffStart(bytes)).toBe(expected);
  });
});

describe('what begins in the middle', () => {
  test('a request or a response', () => {
    const find = (text: string) => findStart(latin1(text), 'http/1.1');
    expect(find('rest of a bodyGET /x HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(14);
    expect(find('rest\nHTTP/1.1 404 Not Found\r\n')).toBe(5);
    expect(find('TARGET x HTTP/1.1, and HTTP/1.1 alone')).toBe(-1);
    expect(find('')).toBe(-1);
  });

  test('a frame behind the rest of a header block', () => {
    const rest = Buffer.concat([frame(CONTINUATION, 0, 1, 30), frame(CONTINUATION, 0x4, 1, 20)]);
    const bytes = Buffer.concat([rest, frame(DATA, 0, 1, 5)]);
    expect(findStart(bytes, 'h2')).toBe(rest.length);
  });

  test('a frame', () => {
    const find = (...parts: Uint8Array[]) => findStart(Buffer.concat(parts), 'h2');
    const body = Buffer.alloc(5000, 'body');
    expect(find(body, frame(HEADERS, 0x4, 5, 30), frame(DATA, 0x1, 5, 9000, 10))).toBe(5000);
    expect(find(Buffer.alloc(5000), frame(DATA, 0, 5, 9000, 10))).toBe(5000);
    expect(find(body)).toBe(-1);
    expect(find(Buffer.alloc(5000))).toBe(-1);
  });
});
