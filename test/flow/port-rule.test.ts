import { beforeAll, describe, expect, test } from 'vitest';
import type { ConnectionEvent } from '../../src/event.ts';
import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';
import { HTTP_PORTS, type WrittenForm, writtenForm } from '../../src/flow/port-rule.ts';
import { CaptureScript } from './capture-script.ts';
import { http2Exchange } from './http2-exchange.ts';
import { complaints, fieldByStream } from './wireshark.ts';

const ALL_PORTS = Array.from({ length: 65_535 }, (_, index) => index + 1);
const EPHEMERAL = 50_000;
const nullTls = (serverPort: number): WrittenForm => ({ encapsulation: 'null-tls', serverPort });
const bareTcp = (serverPort: number): WrittenForm => ({ encapsulation: 'bare-tcp', serverPort });

/** The ports for which the rule does not say what is expected. */
function wrong(
  form: (port: number) => WrittenForm,
  expected: (port: number) => WrittenForm,
): number[] {
  return ALL_PORTS.filter((port) => {
    const [found, right] = [form(port), expected(port)];
    return found.encapsulation !== right.encapsulation || found.serverPort !== right.serverPort;
  });
}

describe('every port', () => {
  test('of a TLS server', () => {
    const expected = (port: number) => {
      if (HTTP_PORTS.has(port)) return bareTcp(port);
      return nullTls(CLAIMED_PORTS.has(port) ? 443 : port);
    };
    expect(wrong((port) => writtenForm('tls', EPHEMERAL, port), expected)).toEqual([]);
  });

  test('of a TLS client', () => {
    const isOwned = (port: number) => CLAIMED_PORTS.has(port) || HTTP_PORTS.has(port);
    const expected = (port: number) => nullTls(isOwned(port) ? 443 : 8443);
    expect(wrong((port) => writtenForm('tls', port, 8443), expected)).toEqual([]);
    expect(
      wrong(
        (port) => writtenForm('tls', port, 8080),
        () => bareTcp(8080),
      ),
    ).toEqual([]);
  });

  test('of a plain server', () => {
    expect(wrong((port) => writtenForm('plain', EPHEMERAL, port), bareTcp)).toEqual([]);
  });

  test('of a plain HTTP/1.1 server', () => {
    const isOwned = (port: number) => port === 443 || CLAIMED_PORTS.has(port);
    const expected = (port: number) => bareTcp(isOwned(port) ? 80 : port);
    expect(wrong((port) => writtenForm('plain', EPHEMERAL, port, 'http/1.1'), expected)).toEqual(
      [],
    );
  });

  test('of a plain HTTP/2 server', () => {
    const expected = (port: number) => bareTcp(HTTP_PORTS.has(port) ? port : 80);
    expect(wrong((port) => writtenForm('plain', EPHEMERAL, port, 'h2'), expected)).toEqual([]);
  });
});

test('no port has two owners', () => {
  expect([...HTTP_PORTS].filter((port) => CLAIMED_PORTS.has(port))).toEqual([]);
  expect(CLAIMED_PORTS.has(443)).toBe(false);
});

describe('Wireshark dissects', () => {
  /** Every port that somebody owns, the ends of the range, and some of all others. */
  const ports = [...CLAIMED_PORTS, ...HTTP_PORTS, 1, 443, 65_535].concat(
    ALL_PORTS.filter((port) => port % 367 === 0),
  );
  const conversations = [
    ...ports.map((remotePort) => ({ remotePort, localPort: EPHEMERAL })),
    ...ports.map((localPort) => ({ remotePort: 8443, localPort })),
  ];
  const paths = { tls: '', plain: '' };

  beforeAll(async () => {
    for (const protocol of ['tls', 'plain'] as const) paths[protocol] = await writeAll(protocol);
  });

  async function writeAll(protocol: 'tls' | 'plain'): Promise<string> {
    const [whole = [], late = []] = await http2Exchange(['/h2/0'], ['/h2-late/0']);
    const capture = new CaptureScript();
    for (const conversation of conversations) {
      const begin = (known: Partial<ConnectionEvent> = conversation) =>
        capture.session(capture.connection(known), { protocol });
      const http1 = begin();
      http1.write('GET /h1 HTTP/1.1\r\nHost: example.com\r\n\r\n');
      http1.read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      const http2 = begin();
      for (const { direction, bytes } of [...whole, ...late]) http2[direction](bytes);
      const lateHttp2 = begin({ ...conversation, seenOpening: false });
      for (const { direction, bytes } of late) lateHttp2[direction](bytes);
    }
    return capture.save();
  }

  test.each(['tls', 'plain'] as const)(
    'HTTP/1.1 and HTTP/2 in %s, from its preface and without',
    (protocol) => {
      const path = paths[protocol];
      const http1 = fieldByStream(path, 'http.request.uri');
      const http2 = fieldByStream(path, 'http2.headers.path');
      for (const [index, { localPort, remotePort }] of conversations.entries()) {
        const name = `${localPort} to ${remotePort}`;
        expect.soft(http1.get(3 * index), name).toEqual(['/h1']);
        expect.soft(http2.get(3 * index + 1), name).toEqual(['/h2/0', '/h2-late/0']);
        expect.soft(http2.get(3 * index + 2), name).toEqual(['/h2-late/0']);
      }
    },
  );

  test('them in TLS without complaint', () => {
    expect(complaints(paths.tls)).toEqual([]);
  });

  test('them in plain without complaint, but for a client on the port of HTTPS', () => {
    const warning = 'Unencrypted HTTP protocol detected over encrypted port';
    const found = complaints(paths.plain);
    expect(found.filter((complaint) => !complaint.includes(warning))).toEqual([]);
    // The request and the answer of the one such conversation.
    expect(found).toHaveLength(2);
  });
});
