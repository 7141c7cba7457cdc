import { beforeAll, describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { http2Exchange, type Sent } from './http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream, packets } from './wireshark.ts';

const LATE = { seenOpening: false };

describe.each([443, 54_321, 80])('HTTP/2 that is older than the capture, port %i', (remotePort) => {
  let exchange: Sent[][];
  beforeAll(async () => {
    exchange = await http2Exchange(['/0/0'], ['/1/50000'], ['/2/50000'], ['/3/1']);
  });

  /** From a number of bytes after the begin of the second response on. */
  function tell(bytesBefore: number): { path: string; leftOut: number } {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort, ...LATE });
    let missing = bytesBefore;
    const [, second = [], ...others] = exchange;
    for (const { direction, bytes } of [...second.slice(1), ...others.flat()]) {
      const part = direction === 'read' ? bytes.subarray(missing) : bytes;
      if (direction === 'read') missing -= bytes.length - part.length;
      session[direction](part);
    }
    return { path: capture.save(), leftOut: capture.end().leftOutBytes };
  }

  test.each([
    ['in the middle of a frame', 1000, 15_404],
    ['in a frame header', 14, 16_390],
    ['at a frame', 11, 0],
    ['at the last byte of a frame', 16_403, 1],
  ])('is dissected from the next frame on if the capture begins %s', (_, before, leftOut) => {
    const told = tell(before);
    expect(told.leftOut).toBe(leftOut);
    expect(fieldByStream(told.path, 'http2.headers.path').get(0)).toEqual(['/2/50000', '/3/1']);
    expect(fieldByStream(told.path, 'http2.headers.status').get(0)).toEqual(['200', '200']);
    const comments = commentsByStream(told.path).get(0)?.slice(1);
    const comment = `plaincap: ${leftOut} bytes left out here, a part of a message`;
    expect(comments).toEqual(leftOut === 0 ? [] : [comment]);
    if (remotePort !== 80) expect(complaints(told.path)).toEqual([]);
  });
});

describe('another protocol that is older than the capture', () => {
  test('is written as soon as both ends have sent something', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort: 80, ...LATE });
    session.write('*1\r\n$4\r\nPING\r\n');
    expect(packets(capture.save())).toEqual([]);
    session.read('+PONG\r\n');
    const sent = packets(capture.save()).filter(({ length }) => length > 0);
    expect(sent.map(({ length }) => length)).toEqual([14, 7]);
    expect(capture.end().leftOutBytes).toBe(0);
  });

  test('is written whole, though one end sends much before the other sends anything', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort: 80, ...LATE });
    for (let batch = 0; batch < 5; batch++) session.write('log line\n'.repeat(2000));
    const sent = packets(capture.save()).filter(({ length }) => length > 0);
    expect(sent.map(({ length }) => length)).toEqual(Array(5).fill(18_000));
  });
});

test('a message that does not end within a MiB is written as it comes', () => {
  const capture = new CaptureScript();
  const session = capture.conversation({ remotePort: 80, ...LATE });
  session.write('GET / HTTP/1.1\r\n\r\n');
  const body = Buffer.alloc(64 * 1024, 'x');
  for (let part = 0; part < 20; part++) session.read(body);
  expect(capture.end()).toMatchObject({
    leftOutBytes: 16 * body.length,
    bytes: { read: 4 * body.length },
  });
});
