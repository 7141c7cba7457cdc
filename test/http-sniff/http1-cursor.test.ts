import { describe, expect, test } from 'vitest';
import { Http1Cursor } from '../../src/http-sniff/http1-cursor.ts';
import { encodeFrame, REQUEST, RESPONSE, TEXT } from '../flow/websocket-frames.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n';

function leftAfter(...texts: string[]): number {
  const cursor = new Http1Cursor();
  for (const text of texts) {
    const bytes = Buffer.from(`--${text}`, 'latin1');
    cursor.advance(bytes, 2, text.length);
  }
  return cursor.left;
}

describe('what is left of a body', () => {
  test.each([
    ['a request without one', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', 0],
    ['the length that a head tells', `${HEAD}content-length: 10\r\n\r\nabc`, 7],
    ['none behind its last byte', `${HEAD}Content-Length: 3\r\n\r\nabc`, 0],
    ['none in a head', `${HEAD}Content-Length: 3\r\n`, 0],
    ['a chunk with its CRLF', `${HEAD}Transfer-Encoding: chunked\r\n\r\n1f;x=y\r\nabc`, 30],
    ['none between two chunks', `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, 0],
    ['none behind trailers', `${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n`, 0],
    ['none of 204', 'HTTP/1.1 204 No Content\r\n\r\n', 0],
    ['all that comes, without a length', `${HEAD}\r\nabc`, Number.POSITIVE_INFINITY],
    ['all that comes, of 101', 'HTTP/1.1 101 Go\r\n\r\n', Number.POSITIVE_INFINITY],
    ['all that comes, if it is no HTTP', 'PING\r\n', Number.POSITIVE_INFINITY],
  ])('%s', (_, text, left) => {
    expect(leftAfter(text)).toBe(left);
    expect(leftAfter(...text)).toBe(left);
  });
});

test('a response to HEAD has no body, though it tells of one', () => {
  const head = `${HEAD}Content-Length: 500\r\n\r\n`;
  expect(leftAfter(head, `${HEAD}Content-Length: 7\r\n\r\n`)).toBe(7);
});

test('messages follow each other in the same bytes', () => {
  const first = `${HEAD}Content-Length: 3\r\n\r\nabc`;
  const second = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
  expect(leftAfter(`${first}${second}${HEAD}Content-Length: 9\r\n\r\na`)).toBe(8);
});

describe('bytes that are unknown', () => {
  test('of a body are those that are left', () => {
    const cursor = new Http1Cursor();
    const bytes = Buffer.from(`${HEAD}Content-Length: 10\r\n\r\n`);
    cursor.advance(bytes, 0, bytes.length);
    cursor.skip(4);
    expect(cursor.left).toBe(6);
    cursor.skip(6);
    expect(cursor.left).toBe(0);
  });

  test('beyond a body end before a message', () => {
    const cursor = new Http1Cursor();
    const bytes = Buffer.from(`${HEAD}Content-Length: 10\r\n\r\n`);
    cursor.advance(bytes, 0, bytes.length);
    cursor.skip(11);
    cursor.advance(bytes, 0, bytes.length);
    expect(cursor.left).toBe(10);
  });
});

describe('WebSocket', () => {
  const refused = 'HTTP/1.1 400 No\r\nUpgrade: websocket\r\nContent-Length: 10\r\n\r\nabc';
  const frame = (isMasked: boolean) =>
    encodeFrame({ opcode: TEXT, length: 20 }, isMasked).toString('latin1', 0, 10);

  test.each([
    ['of the server follows 101', RESPONSE + frame(false), 12],
    ['of the client follows its request', REQUEST + frame(true), 16],
    [
      'does not, if another request does',
      `${REQUEST}POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\na`,
      4,
    ],
    ['does not, if the server refuses', refused, 7],
  ])('%s', (_, text, left) => {
    expect(leftAfter(text)).toBe(left);
    expect(leftAfter(...text)).toBe(left);
  });

  test('behind unknown bytes a frame begins, or a request if none was sent', () => {
    const cursor = new Http1Cursor();
    const bytes = Buffer.from(REQUEST + frame(true), 'latin1');
    cursor.advance(bytes, 0, REQUEST.length);
    cursor.skip(10);
    expect(cursor.webSocket?.left).toBe(0);
    cursor.advance(bytes, REQUEST.length, 10);
    expect([cursor.left, cursor.contentLeft, cursor.isInMiddle]).toEqual([16, 16, true]);
    expect(cursor.leavesWebSocket(bytes, 0, bytes.length)).toBe(false);

    const refused = new Http1Cursor();
    refused.advance(bytes, 0, REQUEST.length);
    refused.skip(10);
    expect(refused.leavesWebSocket(bytes, REQUEST.length, bytes.length)).toBe(false);
    expect(refused.leavesWebSocket(bytes, 0, bytes.length)).toBe(true);
    expect(refused.webSocket).toBeUndefined();
  });
});
