import { beforeEach, describe, expect, it } from 'vitest';
import { HandshakeTable } from '../../../src/capture/handshake/handshake-table.ts';
import { type DataEvent, emptyDataEvent, type SessionEndEvent } from '../../../src/event.ts';
import type { HelloPart } from '../../../src/native/addon.ts';
import { alpnExtension, serverNameExtension } from '../../../src/tls-null/extension.ts';
import { encodeClientHello, encodeServerHello } from '../../../src/tls-null/hello.ts';
import { vector } from '../../../src/tls-null/vector.ts';

const CLIENT_HELLO = Uint8Array.from(encodeClientHello(1, serverNameExtension('a.example')));
const SERVER_HELLO = Uint8Array.from(encodeServerHello(1, alpnExtension('h2')));

/** A message in its TLS record. */
const recordOf = (message: Uint8Array) => Uint8Array.from([22, 3, 1, ...vector(2, [...message])]);

const data = (session: number): DataEvent => ({ ...emptyDataEvent(), session });
const end = (session: number): SessionEndEvent => ({
  kind: 'session-end',
  ktimeNs: 9,
  session,
  readPosition: 0,
  writePosition: 0,
});

let table: HandshakeTable;
beforeEach(() => {
  table = new HandshakeTable();
});

function hello(
  session: number,
  direction: HelloPart['direction'],
  bytes: Uint8Array,
  offset = 0,
): void {
  table.add({ kind: 'hello', ktimeNs: 1, session, direction, offset, bytes });
}

const CALL = { ktimeNs: 5, durationNs: 4, pid: 7, tid: 8, function: 'SSL_do_handshake' };

function complete(session: number): void {
  table.add({ kind: 'handshake-end', session, ...CALL });
}

function fail(session: number): void {
  table.add({ kind: 'handshake-failed', session, ...CALL });
}

const AGREED = {
  kind: 'handshake',
  ktimeNs: 5,
  durationNs: 4,
  session: 1,
  pid: 7,
  tid: 8,
  function: 'SSL_do_handshake',
  role: 'client',
  version: 0x0303,
  cipherSuite: 0x003b,
  serverName: 'a.example',
  alpn: 'h2',
};

describe('a handshake', () => {
  it.each([
    ['client', 'write', 'read'],
    ['server', 'read', 'write'],
  ] as const)('is told once, before the first data: of a %s', (role, clients, servers) => {
    hello(1, clients, CLIENT_HELLO);
    hello(1, servers, SERVER_HELLO);
    complete(1);
    expect(table.before(data(2))).toBeUndefined();
    expect(table.before(data(1))).toEqual({ ...AGREED, role });
    expect(table.before(data(1))).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('is told before the end of a session without data', () => {
    hello(1, 'write', CLIENT_HELLO);
    hello(1, 'read', SERVER_HELLO);
    complete(1);
    expect(table.before(end(1))).toEqual(AGREED);
  });

  it('is put together from pieces of records', () => {
    for (const [direction, message] of [
      ['write', CLIENT_HELLO],
      ['read', SERVER_HELLO],
    ] as const) {
      const record = recordOf(message);
      hello(1, direction, record.subarray(0, 5));
      hello(1, direction, record.subarray(5, 50), 5);
      hello(1, direction, record.subarray(50), 50);
    }
    complete(1);
    expect(table.before(data(1))).toEqual(AGREED);
  });

  it('does not know what a lost piece would have told', () => {
    const record = recordOf(SERVER_HELLO);
    hello(1, 'write', CLIENT_HELLO);
    hello(1, 'read', record.subarray(0, 5));
    hello(1, 'read', record.subarray(50), 50);
    complete(1);
    expect(table.before(data(1))).toEqual({ ...AGREED, version: 0, cipherSuite: 0, alpn: '' });
  });

  it('has the application protocol that the program asked for', () => {
    hello(1, 'write', CLIENT_HELLO);
    complete(1);
    table.add({ kind: 'alpn', ktimeNs: 6, session: 1, protocol: Uint8Array.of(0x66, 0xfe) });
    expect(table.before(data(1))).toMatchObject({ alpn: 'f\xfe' });
  });

  it('is not told if nothing tells how it ended', () => {
    hello(1, 'write', CLIENT_HELLO);
    expect(table.before(end(1))).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('is told as a failure, with what was said before', () => {
    const failure = { ...AGREED, kind: 'handshake-failure' };
    hello(1, 'write', CLIENT_HELLO);
    fail(1);
    const unanswered = { version: 0, cipherSuite: 0, alpn: '' };
    expect(table.before(end(1))).toEqual({ ...failure, ...unanswered });
    hello(2, 'read', CLIENT_HELLO);
    hello(2, 'write', SERVER_HELLO);
    fail(2);
    expect(table.before(end(2))).toEqual({ ...failure, session: 2, role: 'server' });
    fail(3);
    const unsaid = { session: 3, role: 'unknown', serverName: '' };
    expect(table.before(end(3))).toEqual({ ...failure, ...unanswered, ...unsaid });
    expect(table.size).toBe(0);
  });

  it('is told when it completes, though there was early data', () => {
    hello(1, 'write', CLIENT_HELLO);
    expect(table.before(data(1))).toBeUndefined();
    hello(1, 'read', SERVER_HELLO);
    complete(1);
    expect(table.before(data(1))).toEqual(AGREED);
  });

  it('is not told of a client whose ClientHello was before the capture', () => {
    hello(1, 'read', SERVER_HELLO);
    complete(1);
    expect(table.before(data(1))).toBeUndefined();
    complete(2);
    expect(table.before(data(2))).toBeUndefined();
  });
});

it('forgets the oldest handshakes that never end', () => {
  for (let session = 1; session <= 20_000; session++) hello(session, 'write', CLIENT_HELLO);
  expect(table.size).toBe(16_384);
  complete(20_000);
  expect(table.before(data(20_000))).toMatchObject({ serverName: 'a.example' });
});
