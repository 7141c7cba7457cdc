import { describe, expect, test } from 'vitest';
import { CaptureScript, type SessionScript } from './capture-script.ts';
import { http2Exchange } from './http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream } from './wireshark.ts';

const SNAPLEN = 200;

/** A call of which the beginning is captured. */
function cut(session: SessionScript, direction: 'read' | 'write', bytes: string | Buffer): void {
  const kept = bytes.slice(0, SNAPLEN);
  session[direction](kept, { originalLength: bytes.length });
  session.lose(direction, bytes.length - kept.length);
}

describe.each([443, 80])('HTTP/1.1 on port %i', (remotePort) => {
  const body = 'x'.repeat(50_000);
  const post = `POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
  const ok = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;

  test('what is cut off stands as zeros, before the other end answers', () => {
    const capture = new CaptureScript({ header: { snaplen: SNAPLEN } });
    const session = capture.conversation({ remotePort });
    cut(session, 'write', post + body);
    cut(session, 'read', ok + body);
    cut(session, 'write', 'GET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    cut(session, 'read', 'HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');

    const path = capture.save();
    expect(fieldByStream(path, 'http.request.uri').get(0)).toEqual(['/1', '/2']);
    expect(fieldByStream(path, 'http.response.code').get(0)).toEqual(['200', '404']);
    expect(complaints(path)).toEqual([]);
    expect(commentsByStream(path).get(0)?.slice(1)).toEqual([
      `plaincap: ${post.length + body.length - SNAPLEN} bytes cut off here by --snaplen`,
      `plaincap: ${ok.length + body.length - SNAPLEN} bytes cut off here by --snaplen`,
    ]);
    expect(capture.end().lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 0 });
  });

  test('what is lost before is told apart', () => {
    const capture = new CaptureScript({ header: { snaplen: 20_000 } });
    const session = capture.conversation({ remotePort });
    const answer = ok + body;
    const originalLength = answer.length;
    session.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n');
    session.read(answer.slice(0, 5000), { originalLength });
    session.lose('read', 3000);
    session.read(answer.slice(8000, 20_000), { originalLength, callOffset: 8000 });
    session.lose('read', answer.length - 20_000);

    expect(commentsByStream(capture.save()).get(0)?.slice(1)).toEqual([
      'plaincap: 3000 bytes lost here',
      `plaincap: ${answer.length - 20_000} bytes cut off here by --snaplen`,
    ]);
    expect(capture.end().lostBytes).toEqual({ atStart: 0, between: 3000, atEnd: 0 });
  });
});

describe.each([443, 80])('HTTP/2 on port %i', (remotePort) => {
  test('each request and answer is there, though calls end within frames', async () => {
    const paths = ['/0/0', '/1/20000', '/2/20000', '/3/10'];
    const capture = new CaptureScript({ header: { snaplen: SNAPLEN } });
    const session = capture.conversation({ remotePort });
    for (const { direction, bytes } of (await http2Exchange(...paths.map((one) => [one]))).flat()) {
      cut(session, direction, bytes);
    }
    const path = capture.save();
    expect(fieldByStream(path, 'http2.headers.path').get(0)).toEqual(paths);
    expect(fieldByStream(path, 'http2.headers.status').get(0)).toEqual(paths.map(() => '200'));
    if (remotePort === 443) expect(complaints(path)).toEqual([]);
    const comments = commentsByStream(path).get(0) ?? [];
    const warned = comments.filter((text) => text.endsWith('later ones may be shown wrong'));
    expect(warned.length).toBeGreaterThan(0);
    expect(warned.length).toBeLessThan(comments.length - 1);
  });

  test('a cut within the payload of DATA hides no headers', async () => {
    const capture = new CaptureScript({ header: { snaplen: SNAPLEN } });
    const session = capture.conversation({ remotePort });
    const [first = []] = await http2Exchange(['/0/0']);
    for (const { direction, bytes } of first) session[direction](bytes);
    cut(
      session,
      'read',
      Buffer.concat([Buffer.from([0, 1, 0, 0, 1, 0, 0, 0, 1]), Buffer.alloc(256)]),
    );
    expect(commentsByStream(capture.save()).get(0)?.at(-1)).toBe(
      'plaincap: 65 bytes cut off here by --snaplen',
    );
  });
});
