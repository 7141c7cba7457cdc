import { describe, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { commentsByStream, complaints, fieldByStream, follow, packets } from './wireshark.ts';

const MIB = 1024 * 1024;

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`;
const response = (code: number, body: string) =>
  `HTTP/1.1 ${code} Status\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe.each([443, 80])('HTTP/1.1 on port %i', (remotePort) => {
  const codes = (path: string) => fieldByStream(path, 'http.response.code').get(0);
  const paths = (path: string) => fieldByStream(path, 'http.request.uri').get(0);
  const gapComments = (path: string) => commentsByStream(path).get(0)?.slice(1);

  test('a gap in a body', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    const answer = response(200, 'x'.repeat(50_000));
    session.write(request('/1'));
    session.read(answer.slice(0, 10_000));
    session.lose('read', 30_000);
    session.read(answer.slice(40_000));
    session.write(request('/2'));
    session.read(response(404, 'no'));

    const path = capture.save();
    expect(paths(path)).toEqual(['/1', '/2']);
    expect(codes(path)?.at(-1)).toBe('404');
    expect(gapComments(path)).toEqual(['plaincap: 30000 bytes lost here']);
    expect(capture.end()).toMatchObject({
      bytes: { read: answer.length - 30_000 + response(404, 'no').length },
      lostBytes: { atStart: 0, between: 30_000, atEnd: 0 },
    });
  });

  test('a gap before the first byte', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.lose('write', 700);
    session.write(request('/1'));
    session.lose('read', 50);
    session.read(response(200, 'ok'));

    const path = capture.save();
    expect(paths(path)).toEqual(['/1']);
    expect(codes(path)).toEqual(['200']);
    const lost = ['plaincap: 700 bytes lost here', 'plaincap: 50 bytes lost here'];
    expect(gapComments(path)).toEqual(lost);
    expect(capture.end().lostBytes).toEqual({ atStart: 750, between: 0, atEnd: 0 });
  });

  test('a capture that begins in the middle of a body', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort, seenOpening: false });
    session.read('the last part of a body');
    session.read(`, and its end${response(201, 'ok')}`);
    session.write(request('/1'));
    session.read(response(200, 'ok'));

    const path = capture.save();
    expect(paths(path)).toEqual(['/1']);
    expect(codes(path)).toEqual(['201', '200']);
    const comment = 'plaincap: 36 bytes left out here, a part of a message';
    expect(gapComments(path)).toEqual([comment]);
    const { leftOutBytes, lostBytes } = capture.end();
    expect(leftOutBytes).toBe(36);
    expect(lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 0 });
  });

  test('more than 64 MiB: another stream goes on', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.write(request('/1'));
    session.read(response(200, 'ok'));
    session.lose('read', 64 * MIB + 1);
    session.read(response(201, 'ok'));
    session.write(request('/2'));
    capture.close(session.connection);

    const path = capture.save();
    const found = fieldByStream(path, 'http.request.uri');
    expect([found.get(0), found.get(1)]).toEqual([['/1'], ['/2']]);
    expect(fieldByStream(path, 'http.response.code').get(1)).toEqual(['201']);
    const [syn, nextSyn, ...others] = packets(path).filter(({ flags }) => flags === 'SYN');
    expect(others).toEqual([]);
    expect(nextSyn?.comment).toContain(`${64 * MIB + 1} bytes lost here`);
    expect([nextSyn?.from, nextSyn?.to]).toEqual([syn?.from, syn?.to]);
    expect(packets(path).filter(({ flags }) => flags.includes('FIN'))).toHaveLength(2);
    expect(capture.end()).toMatchObject({ connections: 1, lostBytes: { between: 64 * MIB + 1 } });
  });

  test('more than 64 MiB before the first byte: one stream', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.lose('write', 65 * MIB);
    session.write(request('/1'));

    const path = capture.save();
    expect(paths(path)).toEqual(['/1']);
    const syns = packets(path).filter(({ flags }) => flags === 'SYN');
    expect(syns.map(({ comment }) => comment)).toEqual([
      expect.stringContaining(`${65 * MIB} bytes lost here`),
    ]);
    expect(capture.end().lostBytes.atStart).toBe(65 * MIB);
  });

  test('after the last byte', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.write(request('/1'));
    session.read(response(200, 'ok').slice(0, -1));
    session.lose('read', 1);
    session.end();
    capture.close(session.connection);

    const path = capture.save();
    expect(gapComments(path)).toEqual(['plaincap: 1 bytes lost here']);
    expect(
      packets(path)
        .slice(-4)
        .map(({ flags }) => flags),
    ).toEqual([remotePort === 443 ? 'PSH ACK' : 'ACK', 'FIN ACK', 'FIN ACK', 'ACK']);
    expect(capture.end().lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 1 });
  });

  test('after the last byte, told after the stream ended', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.write(request('/1'));
    session.lose('read', 500);
    capture.close(session.connection);
    session.end();

    const path = capture.save();
    const last = packets(path).at(-1);
    expect(last).toMatchObject({ flags: 'ACK', length: 0, stream: 0 });
    expect(last?.comment).toBe('plaincap: 500 bytes lost here');
    expect(capture.end().lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 500 });
  });

  test('all bytes', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort });
    session.lose('write', 200);
    session.end();
    capture.close(session.connection);
    expect(gapComments(capture.save())).toEqual(['plaincap: 200 bytes lost here']);
    expect(capture.end()).toMatchObject({ connections: 1, lostBytes: { atEnd: 200 } });
  });
});

test('a gap in TLS is zeros of the exact count', () => {
  const capture = new CaptureScript();
  const session = capture.conversation();
  session.write('first');
  session.lose('write', 3 * MIB + 1);
  session.write('last');
  const [followed] = follow(capture.save(), 'tls', [0], [50_000]);
  const zeros = Buffer.alloc(3 * MIB + 1);
  expect(
    followed?.client.equals(Buffer.concat([Buffer.from('first'), zeros, Buffer.from('last')])),
  ).toBe(true);
});

test('a gap in bare TCP is a step of the sequence numbers by the exact count', () => {
  const capture = new CaptureScript();
  const session = capture.conversation({ remotePort: 80 });
  session.write(request('/1'));
  session.lose('read', 3 * MIB + 1);
  session.read(response(200, 'ok'));
  session.write(request('/2'));
  const sequences = fieldByStream(capture.save(), 'tcp.seq').get(0)?.map(Number);
  const acknowledged = request('/1').length + 1;
  expect(sequences).toEqual([0, 0, 1, 1, 3 * MIB + 2, 3 * MIB + 2, acknowledged]);
});

test('a gap in plain HTTP/1.1 is as many zeros, so that its message is dissected', () => {
  const capture = new CaptureScript();
  const connection = capture.connection({ remotePort: 80, role: 'server' });
  const session = capture.session(connection, { protocol: 'plain', library: '' });
  const body = MIB + 1;
  session.read(request('/1'));
  session.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body}\r\n\r\n`);
  session.lose('write', body);
  session.read(request('/2'));
  session.write(response(200, 'ok'));
  const path = capture.save();
  expect(fieldByStream(path, 'http.request.uri').get(0)).toEqual(['/1', '/2']);
  expect(fieldByStream(path, 'http.response.code').get(0)).toEqual(['200', '200']);
  expect(commentsByStream(path).get(0)).toContain(`plaincap: ${body} bytes lost here`);
  expect(complaints(path)).toEqual([]);
});

test('bytes that another event overtook are lost, not written twice', () => {
  const capture = new CaptureScript();
  const session = capture.conversation();
  session.write('0123', { position: 0 });
  session.write('89ab', { position: 8 });
  session.write('4567', { position: 4 });
  session.write('abcd', { position: 10 });
  const [followed] = follow(capture.save(), 'tls', [0], [50_000]);
  expect(followed?.client.toString()).toBe('0123\x00\x00\x00\x0089abcd');
  expect(capture.end()).toMatchObject({ bytes: { write: 10 }, lostBytes: { between: 4 } });
});
