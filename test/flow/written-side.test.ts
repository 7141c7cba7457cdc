import { describe, expect, test } from 'vitest';
import type { ConnectionEvent } from '../../src/event.ts';
import type { FileForm } from '../../src/flow/file-form.ts';
import { CaptureScript, type SessionScript } from './capture-script.ts';
import { complaints, fieldByStream, packets } from './wireshark.ts';

const GET = 'GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
/** The ends of one connection. */
const endsOn = (address: Uint8Array) => {
  const addresses = { localAddress: address, remoteAddress: address };
  return {
    client: { ...addresses, localPort: 50_000, remotePort: 8443 },
    server: { ...addresses, localPort: 8443, remotePort: 50_000, role: 'server' as const },
  };
};
const LOOPBACK_IPV6 = Uint8Array.of(...Array(15).fill(0), 1);

/** A conversation of which both ends are captured, as curl and nginx have it. */
class BothEnds {
  readonly capture: CaptureScript;
  readonly client: SessionScript;
  readonly server: SessionScript;

  constructor(side: FileForm['side'], address = LOOPBACK, limits = {}) {
    const ends = endsOn(address);
    this.capture = new CaptureScript({ form: { side }, limits });
    this.capture.process(1, 'curl');
    this.capture.process(2, 'nginx');
    const connect = (known: Partial<ConnectionEvent>, pid: number) =>
      this.capture.session(this.capture.connection(known), { pid });
    this.client = connect(ends.client, 1);
    this.server = connect(ends.server, 2);
  }

  exchange(): void {
    this.client.write(GET);
    this.server.read(GET);
    this.server.write(OK);
    this.client.read(OK);
  }

  close(): void {
    for (const { connection } of [this.client, this.server]) this.capture.close(connection);
    for (const session of [this.client, this.server]) session.end();
  }
}

/** Of each stream: its ends, the interface, and what is in it. */
function streams(capture: CaptureScript) {
  const path = capture.save();
  const syns = packets(path).filter(({ flags }) => flags === 'SYN');
  expect(complaints(path)).toEqual([]);
  return syns.map(({ stream, from, to, interfaceName, comment }) => ({
    ends: `${from} ${to}`,
    interfaceName,
    comment,
    messages: [
      ...(fieldByStream(path, 'http.request.uri').get(stream) ?? []),
      ...(fieldByStream(path, 'http.response.code').get(stream) ?? []),
    ],
  }));
}

const REAL = '127.0.0.1:50000 127.0.0.1:8443';

describe('of both ends', () => {
  test.each([
    ['client', 'curl (1)'],
    ['server', 'nginx (2)'],
  ] as const)("the %s's is written", (side, interfaceName) => {
    const ends = new BothEnds(side);
    ends.exchange();
    ends.close();
    const messages = ['/a', '200'];
    expect(streams(ends.capture)).toMatchObject([{ ends: REAL, interfaceName, messages }]);
    expect(ends.capture.end().mirroredBytes).toBe(GET.length + OK.length);
  });

  test("both are written, the second one under another client's address", () => {
    const ends = new BothEnds('both');
    ends.exchange();
    ends.close();
    const messages = ['/a', '200'];
    expect(streams(ends.capture)).toMatchObject([
      { ends: REAL, interfaceName: 'curl (1)', messages },
      {
        ends: '198.18.0.2:50000 127.0.0.1:8443',
        interfaceName: 'nginx (2)',
        messages,
        comment: expect.stringMatching(/; seen .* client 198\.18\.0\.2 is really 127.0.0.1:50000$/),
      },
    ]);
    expect(ends.capture.end()).toMatchObject({ connections: 2, mirroredBytes: 0 });
  });

  test('both are written, though the first has closed before the second begins', () => {
    const ends = new BothEnds('both');
    ends.client.write(GET);
    ends.capture.close(ends.client.connection);
    ends.client.end();
    ends.server.read(GET);
    const found = streams(ends.capture).map((stream) => stream.ends);
    expect(found).toEqual([REAL, '198.18.0.2:50000 127.0.0.1:8443']);
  });

  test('both are written under different addresses, also after they were closed as idle', () => {
    const ends = new BothEnds('both', LOOPBACK, { openFlows: 1 });
    ends.exchange();
    ends.exchange();
    const found = streams(ends.capture).map((stream) => stream.ends);
    expect(new Set(found).size).toBe(2);
    expect(found.length).toBeGreaterThan(2);
  });

  test('both are written over IPv6', () => {
    const ends = new BothEnds('both', LOOPBACK_IPV6);
    ends.exchange();
    const found = streams(ends.capture).map((stream) => stream.ends);
    expect(found).toEqual(['::1:50000 ::1:8443', '2001:2::2:50000 ::1:8443']);
  });
});

describe("where a plain client's end is wanted", () => {
  const plain = { protocol: 'plain', library: '', evidence: 'socket' } as const;

  /** The client's connection is told, and the server has read what the client still sends. */
  function readEarly(captured: { client: boolean }) {
    const capture = new CaptureScript();
    const ends = endsOn(LOOPBACK);
    const connection = captured.client ? capture.connection(ends.client) : 0;
    capture.process(2, 'nginx');
    const server = capture.session(capture.connection(ends.server), { ...plain, pid: 2 });
    server.read(GET);
    return { capture, connection, server };
  }

  test("the server's data waits for the client's session", () => {
    const { capture, connection, server } = readEarly({ client: true });
    server.write(OK);
    expect(packets(capture.save())).toEqual([]);
    const client = capture.session(connection, plain);
    client.write(GET);
    client.read(OK);
    const messages = ['/a', '200'];
    expect(streams(capture)).toMatchObject([
      { ends: REAL, interfaceName: 'curl (4711)', messages },
    ]);
    expect(capture.end().mirroredBytes).toBe(GET.length + OK.length);
  });

  test('nothing waits for a client that is not captured', () => {
    const { capture, server } = readEarly({ client: false });
    server.write(OK);
    expect(streams(capture)).toMatchObject([{ ends: REAL, interfaceName: 'nginx (2)' }]);
  });

  test("the server's data waits no more when the client's connection has closed", () => {
    const { capture, connection, server } = readEarly({ client: true });
    capture.close(connection);
    expect(packets(capture.save())[0]?.direction).toBe('inbound');
    server.write(OK);
    const messages = ['/a', '200'];
    expect(streams(capture)).toMatchObject([{ interfaceName: 'nginx (2)', messages }]);
  });

  test("the server's data waits for two seconds", () => {
    const { capture, server } = readEarly({ client: true });
    capture.ktimeNs += 2_010_000_000;
    server.write(OK);
    const messages = ['/a', '200'];
    expect(streams(capture)).toMatchObject([{ interfaceName: 'nginx (2)', messages }]);
  });
});

describe("where the server's end is wanted", () => {
  const within = endsOn(LOOPBACK);

  test("the client's data waits for it", () => {
    const capture = new CaptureScript({ form: { side: 'server' } });
    const client = capture.conversation(within.client);
    client.write(GET);
    expect(packets(capture.save())).toEqual([]);
    capture.conversation(within.server).read(GET);
    const found = packets(capture.save());
    expect(found.filter(({ flags }) => flags === 'SYN')).toHaveLength(1);
    expect(found[0]?.direction).toBe('inbound');
  });

  test.each<[string, (capture: CaptureScript, client: SessionScript) => void]>([
    ['two seconds', (capture) => capture.process(9, 'other')],
    ['256 KiB', (_, client) => client.write('x'.repeat(256 * 1024))],
    ['the end of its session', (_, client) => client.end()],
    ['the close of its connection', (capture, { connection }) => capture.close(connection)],
    ['the end of the capture', (capture) => capture.end()],
  ])("the client's data waits for it up to %s", (_, come) => {
    const capture = new CaptureScript({ form: { side: 'server' } });
    const client = capture.conversation(within.client);
    client.write(GET);
    capture.ktimeNs += 2_010_000_000;
    come(capture, client);
    expect(packets(capture.save())[0]?.direction).toBe('outbound');
  });

  test('nothing waits for what is on another machine', () => {
    const capture = new CaptureScript({ form: { side: 'server' } });
    capture.conversation({ localPort: 50_000, remotePort: 8443 }).write(GET);
    expect(packets(capture.save())).toHaveLength(8);
  });
});
