import { beforeAll, describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { http2Exchange, type Sent } from './http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream, packets } from './wireshark.ts';

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n';

describe('HTTP/2 for a reader that has no room', () => {
  let exchange: Sent[][];
  beforeAll(async () => {
    exchange = await http2Exchange(['/0/0'], ['/1/50000'], ['/2/10']);
  });

  test('goes on behind what was missed', () => {
    const capture = new CaptureScript();
    const session = capture.conversation();
    const [first = [], second = [], third = []] = exchange;
    for (const { direction, bytes } of first) session[direction](bytes);
    let missed = 0;
    for (const { direction, bytes } of second) {
      session.miss(direction, bytes);
      missed += bytes.length;
    }
    for (const { direction, bytes } of third) session[direction](bytes);
    const path = capture.save();
    const comments = [...commentsByStream(path).values()].flat();
    const counts = comments.map((text) => Number(/(\d+) bytes missed/.exec(text)?.[1] ?? 0));
    expect(counts.reduce((sum, bytes) => sum + bytes, 0)).toBe(missed);
    const all = (field: 'http2.headers.path' | 'http2.headers.status') =>
      [...fieldByStream(path, field).values()].flat();
    expect(all('http2.headers.path')).toEqual(['/0/0', '/2/10']);
    expect(all('http2.headers.status')).toEqual(['200', '200']);
    expect(complaints(path)).toEqual([]);
    expect(capture.end().lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 0 });
  });
});

test('what was lost and missed in one place is told apart', () => {
  const capture = new CaptureScript();
  const session = capture.conversation();
  session.write(GET);
  session.lose('write', 100);
  session.miss('write', Buffer.from(GET));
  session.write(GET);
  expect(commentsByStream(capture.save()).get(0)?.at(-1)).toBe(
    `plaincap: 100 bytes lost here, ${GET.length} bytes missed here, as they were not read in time`,
  );
  expect(capture.end().lostBytes.between).toBe(100);
});

test('more than a MiB goes on in another stream', () => {
  const capture = new CaptureScript();
  const session = capture.conversation();
  session.write(GET);
  session.miss('read', Buffer.alloc(2_000_000));
  session.read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  const comments = commentsByStream(capture.save());
  expect(comments.get(1)?.[0]).toContain('; 2000000 bytes missed here');
});

test('while there is no room, ends are told without zeros, and what nobody saw not at all', () => {
  const capture = new CaptureScript();
  const seen = capture.conversation();
  const unseen = capture.conversation();
  seen.write(GET);
  seen.miss('read', Buffer.alloc(50_000));
  unseen.miss('write', Buffer.from(GET));
  for (const session of [seen, unseen]) {
    session.end();
    capture.close(session.connection);
  }
  const path = capture.save();
  expect([...commentsByStream(path).values()].map((texts) => texts.slice(1))).toEqual([
    ['plaincap: 50000 bytes missed here, as they were not read in time'],
  ]);
  expect(packets(path).reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1000);
  expect(packets(path).at(-2)?.flags).toBe('FIN ACK');
});
