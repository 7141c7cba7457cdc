import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../src/event.ts';
import { CaptureScript, type SessionScript } from './capture-script.ts';
import { fieldByStream, type Packet, packets } from './wireshark.ts';

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** A server port of HTTP: bare TCP, so that each write is one segment. */
const BARE = { remotePort: 80 };

/** `> SYN`, `< SYN ACK`: which way from the program, and what. */
function arrows(found: readonly Packet[], stream = 0): string[] {
  return found
    .filter((packet) => packet.stream === stream)
    .map(({ direction, flags, length }) => {
      const arrow = direction === 'outbound' ? '>' : '<';
      return length === 0 ? `${arrow} ${flags}` : `${arrow} ${length}`;
    });
}

const HANDSHAKE = ['> SYN', '< SYN ACK', '> ACK'];
const DATA = [`> ${GET.length}`, `< ${OK.length}`];

describe('a stream', () => {
  test('begins when its connection did, but is written with its first data', () => {
    const capture = new CaptureScript();
    capture.ktimeNs = -5;
    const connection = capture.connection(BARE);
    const session = capture.session(connection);
    expect(packets(capture.save())).toEqual([]);
    const firstDataNs = capture.ktimeNs;
    session.write(GET);
    session.read(OK);
    const found = packets(capture.save());
    expect(arrows(found)).toEqual([...HANDSHAKE, ...DATA]);
    const times = [-5, -5, -5, firstDataNs, firstDataNs + 1_000_000].map(BigInt);
    expect(found.map(({ timeNs }) => timeNs)).toEqual(times);
    expect(found[0]).toMatchObject({
      from: '10.1.0.1:50000',
      to: '10.2.0.1:80',
      comment: 'plaincap: TLS plaintext of curl (4711) through libssl.so.3',
    });
  });

  test('of a connection that is older than the capture begins with its first data', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ ...BARE, seenOpening: false });
    const firstDataNs = BigInt(capture.ktimeNs);
    session.write(GET);
    const [syn] = packets(capture.save());
    expect(syn?.timeNs).toBe(firstDataNs);
    expect(syn?.comment).toMatch(/; connection older than the capture$/);
  });

  test('of a server is opened by its peer', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ localPort: 80, remotePort: 50_000, role: 'server' });
    session.read(GET);
    session.write(OK);
    capture.close(session.connection);
    const found = packets(capture.save());
    expect(arrows(found)).toEqual([
      ...['< SYN', '> SYN ACK', '< ACK', `< ${GET.length}`, `> ${OK.length}`],
      ...['> FIN ACK', '< FIN ACK', '> ACK'],
    ]);
    expect(found[0]).toMatchObject({ from: '10.2.0.1:50000', to: '10.1.0.1:80' });
  });

  test('is over IPv6 between IPv6 addresses, over IPv4 between mapped ones', () => {
    const capture = new CaptureScript();
    const address = (...end: number[]) =>
      Uint8Array.of(...[0x20, 0x01, 0x0d, 0xb8], ...Array(8 - end.length + 4).fill(0), ...end);
    const mapped = (last: number) =>
      Uint8Array.of(...Array(10).fill(0), 0xff, 0xff, 192, 0, 2, last);
    capture.conversation({ localAddress: address(1), remoteAddress: address(0xab, 2) }).write(GET);
    capture.conversation({ localAddress: mapped(1), remoteAddress: mapped(2) }).write(GET);
    const syns = packets(capture.save()).filter(({ flags }) => flags === 'SYN');
    expect(syns.map(({ from, to }) => [from, to])).toEqual([
      ['2001:db8::1:50000', '2001:db8::ab02:443'],
      ['192.0.2.1:50000', '192.0.2.2:443'],
    ]);
  });

  test('tells the real server port where it is written on another one', () => {
    const capture = new CaptureScript();
    capture.conversation({ remotePort: 5000 }).write(GET);
    const [syn] = packets(capture.save());
    expect(syn?.to).toBe('10.2.0.1:443');
    expect(syn?.comment).toBe(
      'plaincap: TLS plaintext of curl (4711) through libssl.so.3; ' +
        'the TLS version and cipher shown are synthetic; real server port 5000',
    );
  });

  test('of a plain session is bare, whatever the port', () => {
    const capture = new CaptureScript();
    const connection = capture.connection({ remotePort: 5000 });
    const greeting = 'I speak a protocol of my own.';
    capture.session(connection, { protocol: 'plain', library: '' }).write(greeting);
    const found = packets(capture.save());
    expect(arrows(found)).toEqual([...HANDSHAKE, `> ${greeting.length}`]);
    expect(found[0]).toMatchObject({
      to: '10.2.0.1:5000',
      comment: 'plaincap: TCP payload of curl (4711)',
    });
  });

  test('has times that never run backwards', () => {
    const capture = new CaptureScript();
    const session = capture.conversation(BARE);
    session.write(GET, { ktimeNs: 9_000_000 });
    session.read(OK, { ktimeNs: 8_000_000 });
    capture.close(session.connection, { ktimeNs: 7_000_000 });
    const times = packets(capture.save()).map(({ timeNs }) => timeNs);
    expect(times.slice(3)).toEqual(Array(5).fill(9_000_000n));
  });

  test('has what was written when that began, and what was read when that returned', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ ...BARE, ktimeNs: 1_000_000 });
    session.write(GET, { ktimeNs: 9_000_000, durationNs: 2_000_000 });
    session.read(OK, { ktimeNs: 9_500_000, durationNs: 2_200_000 });
    session.write(GET, { ktimeNs: 9_900_000, durationNs: 9_000_000 });
    const times = packets(capture.save()).map(({ timeNs }) => timeNs);
    expect(times.slice(3)).toEqual([7_000_000n, 9_500_000n, 9_500_000n]);
  });

  test('has nothing that was written before its connection was established', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ ...BARE, ktimeNs: 5_000_000 });
    session.write(GET, { ktimeNs: 6_000_000, durationNs: 3_000_000 });
    const times = packets(capture.save()).map(({ timeNs }) => timeNs);
    expect(times).toEqual(Array(4).fill(5_000_000n));
  });

  test('is the same in every file of the same events', () => {
    const tell = () => {
      const capture = new CaptureScript();
      const session = capture.conversation();
      session.write(GET);
      session.read(OK);
      return capture.output.written;
    };
    expect(tell()).toEqual(tell());
  });
});

describe('the end of a stream', () => {
  const tell = (close: Parameters<CaptureScript['close']>[1]) => {
    const capture = new CaptureScript();
    const session = capture.conversation(BARE);
    session.write(GET);
    capture.close(session.connection, close);
    return { capture, session, found: () => arrows(packets(capture.save())).slice(4) };
  };

  test.each([
    [{ cause: 'fin', by: 'local' }, ['> FIN ACK', '< FIN ACK', '> ACK']],
    [{ cause: 'fin', by: 'remote' }, ['< FIN ACK', '> FIN ACK', '< ACK']],
    [{ cause: 'rst', by: 'local' }, ['> RST ACK']],
    [{ cause: 'rst', by: 'remote' }, ['< RST ACK']],
    [{ cause: 'rst', by: 'local', finBy: 'remote' }, ['< FIN ACK', '> RST ACK']],
    [{ cause: 'rst', by: 'remote', finBy: 'remote' }, ['< FIN ACK', '< RST ACK']],
  ] as const)('is as TCP had it: %o', (close, expected) => {
    expect(tell(close).found()).toEqual(expected);
  });

  test('comes after what was still readable, at the end of the session', () => {
    const { session, found } = tell({ cause: 'rst', by: 'remote', readable: true });
    session.read(OK);
    expect(found()).toEqual([`< ${OK.length}`]);
    session.end();
    expect(found()).toEqual([`< ${OK.length}`, '< RST ACK']);
  });

  test('comes after what was still readable, at the end of the capture', () => {
    const { capture, session, found } = tell({ cause: 'fin', by: 'remote', readable: true });
    session.read(OK);
    capture.end();
    expect(found()).toEqual([`< ${OK.length}`, '< FIN ACK', '> FIN ACK', '< ACK']);
  });

  test('comes when the program closes its socket, though the session does not end', () => {
    const { capture, session, found } = tell({ cause: 'fin', by: 'remote', readable: true });
    capture.close(session.connection, { cause: 'fin', by: 'remote' });
    expect(found()).toEqual(['< FIN ACK', '> FIN ACK', '< ACK']);
  });

  test('is not made up for connections that outlive the capture', () => {
    const capture = new CaptureScript();
    const session = capture.conversation(BARE);
    session.write(GET);
    session.end();
    capture.end();
    expect(arrows(packets(capture.save())).slice(4)).toEqual([]);
  });

  test('leaves nothing where there was no data', () => {
    const capture = new CaptureScript();
    const session = capture.conversation(BARE);
    capture.close(session.connection);
    session.end();
    expect(packets(capture.save())).toEqual([]);
    expect(capture.end().connections).toBe(0);
  });
});

describe('an unknown connection', () => {
  test('has synthetic addresses of its own, and ends with its session', () => {
    const capture = new CaptureScript();
    const [first, second] = [capture.session(0), capture.session(0)];
    for (const session of [first, second]) {
      session.write(GET);
      session.read(OK);
      session.end();
    }
    const found = packets(capture.save());
    const syns = found.filter(({ flags }) => flags === 'SYN');
    expect(syns.map(({ from, to }) => `${from} ${to}`)).toEqual([
      '198.18.0.0:49153 198.19.0.1:443',
      '198.18.0.0:49154 198.19.0.1:443',
    ]);
    expect(syns[0]?.comment).toMatch(/; connection unknown, addresses are synthetic$/);
    expect(arrows(found, 1).slice(-3)).toEqual(['> FIN ACK', '< FIN ACK', '> ACK']);
    expect(capture.end()).toMatchObject({ connections: 0, unknownConnectionSessions: 2 });
  });

  test('leaves no trace if it becomes known before the first data', () => {
    const capture = new CaptureScript();
    const session = capture.session(0);
    session.bind(capture.connection(BARE));
    session.write(GET);
    const found = packets(capture.save());
    expect(arrows(found)).toEqual([...HANDSHAKE, `> ${GET.length}`]);
    expect(capture.end()).toMatchObject({ connections: 1, unknownConnectionSessions: 0 });
  });

  test('is waited for: its data goes where it belongs', () => {
    const capture = new CaptureScript();
    const session = capture.session(0);
    const readNs = BigInt(capture.ktimeNs);
    session.read(GET);
    expect(packets(capture.save())).toEqual([]);
    session.bind(capture.connection({ localPort: 80, remotePort: 50_000, role: 'server' }));
    session.write(OK);
    const found = packets(capture.save());
    expect(arrows(found).slice(3)).toEqual([`< ${GET.length}`, `> ${OK.length}`]);
    expect(found.every(({ stream }) => stream === 0)).toBe(true);
    expect(found[0]?.from).toBe('10.2.0.1:50000');
    expect(found[3]?.timeNs).toBe(readNs);
  });

  test.each<[string, (capture: CaptureScript, session: SessionScript) => void]>([
    ['two seconds', (capture) => capture.process(9, 'other')],
    ['256 KiB', (_, session) => session.write('x'.repeat(256 * 1024))],
    ['the end of its session', (_, session) => session.end()],
    ['the end of the capture', (capture) => capture.end()],
  ])('is waited for up to %s', (_, come) => {
    const capture = new CaptureScript();
    const session = capture.session(0);
    session.write(GET);
    capture.ktimeNs += 1_990_000_000;
    session.read('HTTP/1.1 ');
    expect(packets(capture.save())).toEqual([]);
    capture.ktimeNs += 20_000_000;
    come(capture, session);
    expect(arrows(packets(capture.save()))).toContain('> SYN');
  });

  test('gives way to the real one when that becomes known too late', () => {
    const capture = new CaptureScript();
    const session = capture.session(0);
    session.write(GET);
    capture.ktimeNs += 2_000_000_000;
    session.bind(capture.connection());
    session.read(OK);
    session.write(GET);
    session.read(OK);
    const path = capture.save();
    expect(arrows(packets(path), 0).slice(-3)).toEqual(['> FIN ACK', '< FIN ACK', '> ACK']);
    const syn = packets(path).findLast(({ flags }) => flags === 'SYN');
    expect(syn).toMatchObject({ stream: 1, from: '10.1.0.1:50000', to: '10.2.0.1:443' });
    expect(fieldByStream(path, 'http.response.code').get(1)).toEqual(['200', '200']);
  });
});

test('a session that was bound to the wrong connection moves, and leaves it free', () => {
  const capture = new CaptureScript();
  const wrong = capture.connection(BARE);
  const session = capture.session(wrong);
  session.write(GET);
  session.bind(capture.connection(BARE));
  session.read(OK);
  capture.session(wrong).write(GET);
  const found = packets(capture.save());
  expect(arrows(found, 0)).toEqual([
    ...[...HANDSHAKE, `> ${GET.length}`],
    ...['> FIN ACK', '< FIN ACK', '> ACK'],
  ]);
  expect(arrows(found, 1)).toEqual([...HANDSHAKE, `< ${OK.length}`]);
  expect(arrows(found, 2)).toEqual([...HANDSHAKE, `> ${GET.length}`]);
  const [first, , third] = found.filter(({ flags }) => flags === 'SYN');
  expect([third?.from, third?.to]).toEqual([first?.from, first?.to]);
});

describe('one connection with several sessions', () => {
  test('has one stream after another if they do', () => {
    const capture = new CaptureScript();
    const connection = capture.connection(BARE);
    for (const _ of [1, 2]) {
      const session = capture.session(connection);
      session.write(GET);
      session.end();
    }
    const found = packets(capture.save());
    expect(arrows(found, 0).slice(3)).toEqual([DATA[0], '> FIN ACK', '< FIN ACK', '> ACK']);
    expect(arrows(found, 1)).toEqual([...HANDSHAKE, DATA[0]]);
    expect(capture.end().connections).toBe(1);
  });

  test('has one stream, and others with synthetic addresses, at the same time', () => {
    const capture = new CaptureScript();
    const connection = capture.connection();
    const [outer, inner] = [capture.session(connection), capture.session(connection)];
    outer.write('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n');
    inner.write(GET);
    outer.read('HTTP/1.1 200 OK\r\n\r\n');
    inner.read(OK);
    inner.end();
    capture.close(connection);
    const path = capture.save();
    const [, syn] = packets(path).filter(({ flags }) => flags === 'SYN');
    expect(syn).toMatchObject({ from: '198.18.0.0:49154', to: '198.19.0.1:443' });
    expect(syn?.comment).toMatch(
      /; addresses are synthetic, as another stream has 10\.1\.0\.1:50000 and 10\.2\.0\.1:443$/,
    );
    expect(fieldByStream(path, 'http.response.code').get(1)).toEqual(['200']);
  });
});

test('a connection that reuses the addresses of one whose end is not written yet', () => {
  const capture = new CaptureScript();
  const addresses = { localAddress: Uint8Array.of(10, 0, 0, 1), ...BARE };
  const session = capture.conversation(addresses);
  session.write(GET);
  capture.close(session.connection, { cause: 'rst', by: 'remote', readable: true });
  capture.conversation(addresses).write(GET);
  const found = packets(capture.save());
  expect(arrows(found, 0)).toEqual([...HANDSHAKE, DATA[0], '< RST ACK']);
  expect(arrows(found, 1)).toEqual([...HANDSHAKE, DATA[0]]);
});

describe('a connection of which both ends are captured', () => {
  const loopback = Uint8Array.of(127, 0, 0, 1);
  const addresses = { localAddress: loopback, remoteAddress: loopback };
  const clientEnd = { ...addresses, localPort: 50_000, remotePort: 80, role: 'client' } as const;
  const serverEnd = { ...addresses, localPort: 80, remotePort: 50_000, role: 'server' } as const;

  test("stands in the file as the client's", () => {
    const capture = new CaptureScript();
    const clientSession = capture.conversation(clientEnd);
    const serverSession = capture.conversation(serverEnd);
    clientSession.write(GET);
    serverSession.read(GET);
    serverSession.write(OK);
    clientSession.read(OK);
    capture.close(clientSession.connection);
    capture.close(serverSession.connection);
    clientSession.end();
    serverSession.end();
    const found = packets(capture.save());
    expect(arrows(found)).toEqual([...HANDSHAKE, ...DATA, '> FIN ACK', '< FIN ACK', '> ACK']);
    expect(found.every(({ stream }) => stream === 0)).toBe(true);
    expect(capture.end()).toMatchObject({
      connections: 1,
      mirroredBytes: GET.length + OK.length,
      bytes: { read: OK.length, write: GET.length },
    });
  });

  test("stands in the file as the client's, though the server's data comes first", () => {
    const capture = new CaptureScript();
    const serverSession = capture.conversation(serverEnd);
    const clientSession = capture.conversation(clientEnd);
    serverSession.read(GET);
    clientSession.write(GET);
    expect(arrows(packets(capture.save()))).toEqual([...HANDSHAKE, DATA[0]]);
    expect(capture.end().mirroredBytes).toBe(GET.length);
  });

  test("stands in the file as the server's if that began first", () => {
    const capture = new CaptureScript();
    const serverSession = capture.conversation(serverEnd);
    serverSession.read(GET);
    const clientSession = capture.conversation(clientEnd);
    clientSession.write(GET);
    serverSession.write(OK);
    clientSession.read(OK);
    const found = arrows(packets(capture.save()));
    expect(found.slice(3)).toEqual([`< ${GET.length}`, `> ${OK.length}`]);
    expect(capture.end().mirroredBytes).toBe(GET.length + OK.length);
  });

  test("stands in the file as the client's, though that has closed before the server reads", () => {
    const capture = new CaptureScript();
    const serverSession = capture.conversation(serverEnd);
    const clientSession = capture.conversation(clientEnd);
    clientSession.write(GET);
    clientSession.end();
    capture.close(clientSession.connection);
    serverSession.read(GET);
    expect(packets(capture.save()).filter(({ flags }) => flags === 'SYN')).toHaveLength(1);
    expect(capture.end().mirroredBytes).toBe(GET.length);
  });

  test('is known as one, though one end has IPv4-mapped addresses', () => {
    const mapped = Uint8Array.of(...Array(10).fill(0), 0xff, 0xff, ...loopback);
    const capture = new CaptureScript();
    const clientSession = capture.conversation(clientEnd);
    const serverSession = capture.conversation({
      ...serverEnd,
      localAddress: mapped,
      remoteAddress: mapped,
    });
    clientSession.write(GET);
    serverSession.read(GET);
    expect(packets(capture.save()).filter(({ flags }) => flags === 'SYN')).toHaveLength(1);
  });

  test('of other network namespaces is another one, and has other addresses', () => {
    const capture = new CaptureScript();
    capture.conversation({ ...clientEnd, netns: 1 }).write(GET);
    capture.conversation({ ...clientEnd, netns: 2 }).write(GET);
    const syns = packets(capture.save()).filter(({ flags }) => flags === 'SYN');
    expect(syns.map(({ from }) => from)).toEqual(['127.0.0.1:50000', '198.18.0.0:49154']);
    expect(capture.end().mirroredBytes).toBe(0);
  });
});

describe('the client is told', () => {
  const ports = { localPort: 8080, remotePort: 50_000 };
  const outbound = { direction: 'outbound' };
  const inbound = { direction: 'inbound' };

  test.each([
    ['a request is written', { localPort: 80, remotePort: 50_000 }, 'write', GET, outbound],
    ['a request is read', { localPort: 50_000, remotePort: 80 }, 'read', GET, inbound],
    ['a response is read', ports, 'read', OK, outbound],
    ['a response is written', { localPort: 50_000, remotePort: 80 }, 'write', OK, inbound],
    ['the lower port is local', ports, 'write', '\xff', inbound],
    ['the lower port is remote', { localPort: 50_000 }, 'write', '\xff', outbound],
  ] as const)('when %s', (_, known, way, bytes, expected) => {
    const capture = new CaptureScript();
    const session = capture.conversation({ role: 'unknown', ...known });
    session[way](bytes);
    capture.end();
    expect(packets(capture.save())[0]).toMatchObject(expected);
  });
});

describe('the interface', () => {
  const interfaces = (capture: CaptureScript) =>
    packets(capture.save())
      .filter(({ flags }) => flags === 'PSH ACK')
      .map(({ interfaceName }) => interfaceName);

  test('is of the process that moves the data', () => {
    const capture = new CaptureScript();
    capture.process(10, 'nginx');
    capture.process(11, 'nginx');
    const session = capture.session(capture.connection(BARE), { pid: 10 });
    session.read(GET);
    session.write(OK, { pid: 11 });
    expect(interfaces(capture)).toEqual(['nginx (10)', 'nginx (11)']);
  });

  test('is another one after an exec, and the same when nothing changed', () => {
    const capture = new CaptureScript();
    capture.process(10, 'sh');
    const session = capture.session(capture.connection(BARE), { pid: 10 });
    session.write(GET);
    capture.process(10, 'sh');
    session.write(GET);
    capture.process(10, 'curl');
    session.write(GET);
    expect(interfaces(capture)).toEqual(['sh (10)', 'sh (10)', 'curl (10)']);
    expect(new Set(fieldByStream(capture.save(), 'frame.interface_id').get(0)).size).toBe(2);
  });
});

describe('too few bytes to tell the protocol', () => {
  test('are held until more come', () => {
    const capture = new CaptureScript();
    const session = capture.conversation({ remotePort: 54_321 });
    const heldNs = BigInt(capture.ktimeNs);
    session.write('G');
    expect(packets(capture.save())).toEqual([]);
    session.write(GET.slice(1));
    const path = capture.save();
    expect(fieldByStream(path, 'tls.handshake.extensions_alpn_str').get(0)).toEqual([
      'http/1.1',
      'http/1.1',
    ]);
    expect(packets(path).find(({ length }) => length === 38)?.timeNs).toBe(heldNs);
  });

  test.each<[string, (capture: CaptureScript, session: SessionScript) => void]>([
    ['the session ends', (_, session) => session.end()],
    ['the connection closes', (capture, { connection }) => capture.close(connection)],
    ['the capture ends', (capture) => capture.end()],
  ])('are written when %s', (_, end) => {
    const capture = new CaptureScript();
    const session = capture.conversation(BARE);
    session.write('PR');
    end(capture, session);
    expect(arrows(packets(capture.save()))).toContain('> 2');
  });
});

describe('events that contradict their contract', () => {
  test('data of a session that was not told', () => {
    const capture = new CaptureScript();
    capture.process(4711, 'curl');
    const end = { kind: 'session-end', ktimeNs: 0, session: 9 } as const;
    const tell = () => capture.tell({ ...end, readPosition: 0, writePosition: 0 });
    expect(tell).toThrow('no event told of session 9');
  });

  test('a session of a process that was not told', () => {
    const capture = new CaptureScript();
    const session: SessionEvent = {
      kind: 'session',
      ktimeNs: 0,
      session: 1,
      pid: 7,
      protocol: 'tls',
      library: '',
      connection: 0,
      evidence: 'none',
    };
    expect(() => capture.tell(session)).toThrow('no event told of process 7');
  });

  test('a connection that was not told is an unknown one', () => {
    const capture = new CaptureScript();
    capture.session(99).write(GET);
    capture.end();
    expect(packets(capture.save())[0]?.comment).toMatch(/connection unknown/);
  });
});
