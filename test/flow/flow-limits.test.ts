import { describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { HTTP2_BEGIN, http2Request } from './http2-request.ts';
import { commentsByStream, complaints, fieldByStream, packets } from './wireshark.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Of each stream its client, and what Wireshark finds in it. */
function streams(capture: CaptureScript) {
  const path = capture.save();
  expect(complaints(path)).toEqual([]);
  const uris = fieldByStream(path, 'http.request.uri');
  const paths = fieldByStream(path, 'http2.headers.path');
  return packets(path)
    .filter(({ flags }) => flags === 'SYN')
    .map(({ stream, from }) => ({
      from: from.replace(/:\d+$/, ''),
      requests: [...(uris.get(stream) ?? []), ...(paths.get(stream) ?? [])],
    }));
}

describe('of too many open streams', () => {
  test('that which is idle longest is closed, and goes on in another one', () => {
    const capture = new CaptureScript({ limits: { openFlows: 2 } });
    const [first, second, third] = [1, 2, 3].map(() => capture.conversation());
    first?.write(GET);
    second?.write(GET);
    first?.read(OK);
    third?.write(GET);
    const path = capture.save();
    const fins = packets(path).filter(({ flags }) => flags === 'FIN ACK');
    expect(fins.map(({ stream }) => stream)).toEqual([1, 1]);
    expect(fins[0]?.comment).toMatch(/^plaincap: idle, and closed here alone/);
    second?.read(OK);
    second?.write(GET);
    expect(streams(capture)).toEqual([
      { from: '10.1.0.1', requests: ['/a'] },
      { from: '10.1.0.2', requests: ['/a'] },
      { from: '10.1.0.3', requests: ['/a'] },
      { from: '10.1.0.2', requests: ['/a'] },
    ]);
    expect(capture.end()).toMatchObject({ connections: 3, leftOutBytes: 0 });
  });

  test('one of HTTP/2 goes on with the next frame', () => {
    const capture = new CaptureScript({ limits: { openFlows: 1 } });
    const session = capture.conversation({ remotePort: 54_321 });
    session.write(Buffer.concat([HTTP2_BEGIN, http2Request('/first')]));
    const [begin, rest] = [http2Request('/cut').subarray(0, 20), http2Request('/cut').subarray(20)];
    session.write(begin);
    capture.conversation().write(GET);
    session.write(Buffer.concat([rest, http2Request('/second')]));
    session.write(http2Request('/third'));
    expect(streams(capture)).toEqual([
      { from: '10.1.0.1', requests: ['/first'] },
      { from: '10.1.0.2', requests: ['/a'] },
      { from: '10.1.0.1', requests: ['/second', '/third'] },
    ]);
    const comments = commentsByStream(capture.save()).get(2);
    expect(comments?.[1]).toMatch(`${rest.length} bytes left out here`);
  });

  test('one whose role was told by its first bytes keeps that', () => {
    const capture = new CaptureScript({ limits: { openFlows: 1 } });
    const ports = { localPort: 80, remotePort: 50_000 };
    const session = capture.conversation({ ...ports, role: 'unknown', seenOpening: false });
    session.write(GET);
    capture.conversation().write(GET);
    session.write(Buffer.alloc(40, 0xff));
    capture.end();
    const syns = packets(capture.save()).filter(({ flags }) => flags === 'SYN');
    expect(syns.map(({ direction }) => direction)).toEqual(Array(3).fill('outbound'));
  });

  test('one that is closing ends as TCP had it', () => {
    const capture = new CaptureScript({ limits: { openFlows: 1 } });
    const session = capture.conversation();
    session.write(GET);
    capture.close(session.connection, { cause: 'rst', by: 'remote', readable: true });
    capture.conversation().write(GET);
    const first = packets(capture.save()).filter(({ stream }) => stream === 0);
    expect(first.at(-1)).toMatchObject({ flags: 'RST ACK', comment: '' });
  });
});

describe('of too many', () => {
  test('sessions, data that comes after all is of an unknown connection', () => {
    const capture = new CaptureScript({ limits: { sessions: 1 } });
    const session = capture.conversation();
    session.write(GET);
    capture.conversation().write(GET);
    session.read(OK);
    session.write(GET);
    session.end();
    const found = streams(capture);
    expect(found.map(({ from }) => from)).toEqual(['10.1.0.1', '10.1.0.2', '198.18.0.0']);
    expect(found[2]?.requests).toEqual(['/a']);
    const [syn] = commentsByStream(capture.save()).get(2) ?? [];
    expect(syn).toMatch(/^plaincap: TLS plaintext of curl \(4711\); .*connection unknown/);
    const { lostBytes, leftOutBytes } = capture.end();
    expect({ lostBytes, leftOutBytes }).toEqual({
      lostBytes: { atStart: 0, between: 0, atEnd: 0 },
      leftOutBytes: 0,
    });
  });

  test('plain sessions, what comes after all is still no TLS', () => {
    const capture = new CaptureScript({ limits: { sessions: 1 } });
    const plain = { protocol: 'plain', library: '' } as const;
    const session = capture.session(capture.connection(), plain);
    session.write('a protocol of its own', { function: 'sendto' });
    capture.conversation().write(GET);
    session.write('more of it', { function: 'sendto' });
    capture.end();
    const [syn] = commentsByStream(capture.save()).get(2) ?? [];
    expect(syn).toMatch(/^plaincap: TCP payload of curl \(4711\); connection unknown/);
  });

  test('connections without a session, the oldest is closed', () => {
    const capture = new CaptureScript({ limits: { idleConnections: 1 } });
    const session = capture.conversation();
    session.write(GET);
    session.end();
    capture.connection();
    expect(packets(capture.save()).some(({ flags }) => flags === 'FIN ACK')).toBe(true);
    // It is forgotten: neither its close nor a session that names it tells anything.
    capture.close(session.connection);
    capture.session(session.connection).write(GET);
    capture.end();
    expect(streams(capture).map(({ from }) => from)).toEqual(['10.1.0.1', '198.18.0.0']);
  });

  test('processes, those that are forgotten keep their interface', () => {
    const capture = new CaptureScript({ limits: { processes: 1 } });
    const session = capture.conversation();
    session.write(GET);
    capture.process(5, 'other');
    session.write(GET, { pid: 5 });
    capture.session(capture.connection()).write(GET);
    const names = packets(capture.save()).map(({ interfaceName }) => interfaceName);
    expect([...new Set(names)]).toEqual(['curl (4711)', 'other (5)']);
    expect(names.at(-1)).toBe('curl (4711)');
  });

  test('processes, those that are forgotten before their first packet have no name', () => {
    const capture = new CaptureScript({ limits: { processes: 1 } });
    capture.process(4, 'early');
    capture.process(5, 'other');
    capture.session(capture.connection()).write(GET, { pid: 4 });
    expect(packets(capture.save()).at(-1)?.interfaceName).toBe('process (4)');
  });

  test('sessions that hold their first byte, the first is written', () => {
    const capture = new CaptureScript();
    for (let count = 0; count < 1024; count++) capture.conversation().write('G');
    expect(packets(capture.save())).toEqual([]);
    capture.conversation().write('G');
    expect(packets(capture.save())[0]?.from).toBe('10.1.0.1:50000');
  });
});
