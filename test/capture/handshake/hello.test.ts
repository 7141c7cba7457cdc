import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHello } from '../../../src/capture/handshake/hello.ts';
import { alpnExtension, serverNameExtension } from '../../../src/tls-null/extension.ts';
import { encodeClientHello, encodeServerHello } from '../../../src/tls-null/hello.ts';
import { vector } from '../../../src/tls-null/vector.ts';

const NOTHING = new Uint8Array();
const bytesOf = (numbers: readonly number[]) => Uint8Array.from(numbers);

/** supported_versions of a ServerHello (RFC 8446 section 4.2.1). */
const supportedVersion = (version: number) => [0, 43, 0, 2, version >> 8, version & 0xff];

/** A ServerHello as of TLS 1.3: with a session id, and a cipher suite of its own. */
function serverHello(
  cipherSuite: number,
  extensions: readonly number[],
  random = Array(32).fill(7),
): Uint8Array {
  const body = [
    ...[3, 3, ...random, ...vector(1, Array(32).fill(9))],
    ...[cipherSuite >> 8, cipherSuite & 0xff, 0],
    ...vector(2, extensions),
  ];
  return bytesOf([2, ...vector(3, body)]);
}

/** SHA-256 of "HelloRetryRequest" (RFC 8446 section 4.1.3). */
const RETRY_RANDOM =
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'
    .match(/../g)
    ?.map((byte) => Number.parseInt(byte, 16)) ?? [];

describe('a ClientHello', () => {
  it('tells the server name', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        const hello = encodeClientHello(1, [...alpnExtension('h2'), ...serverNameExtension(name)]);
        expect(decodeHello(bytesOf(hello))).toEqual({ kind: 'client-hello', serverName: name });
      }),
    );
  });

  it('may have none', () => {
    const hello = bytesOf(encodeClientHello(1, []));
    expect(decodeHello(hello)).toEqual({ kind: 'client-hello', serverName: '' });
  });

  it('tells it though its end is missing', () => {
    const extensions = [...serverNameExtension('a.example'), 0, 41, ...vector(2, Array(9000))];
    const hello = bytesOf(encodeClientHello(1, extensions)).subarray(0, 4096);
    expect(decodeHello(hello)).toEqual({ kind: 'client-hello', serverName: 'a.example' });
  });
});

describe('a ServerHello', () => {
  it('tells version, cipher suite and ALPN of TLS 1.2', () => {
    expect(decodeHello(bytesOf(encodeServerHello(1, alpnExtension('h2'))))).toEqual({
      kind: 'server-hello',
      version: 0x0303,
      cipherSuite: 0x003b,
      alpn: bytesOf([...Buffer.from('h2')]),
    });
  });

  it.each([
    ['', undefined],
    [', as a HelloRetryRequest', RETRY_RANDOM],
  ])('tells version and cipher suite of TLS 1.3%s', (_, random) => {
    const hello = serverHello(0x1302, [0, 51, 0, 2, 0, 24, ...supportedVersion(0x0304)], random);
    expect(decodeHello(hello)).toEqual({
      kind: 'server-hello',
      version: 0x0304,
      cipherSuite: 0x1302,
      alpn: NOTHING,
    });
  });

  it('may end without extensions', () => {
    const hello = serverHello(0xc02b, []).subarray(0, -2);
    hello.set([0, 0, hello.length - 4], 1);
    expect(decodeHello(hello)).toMatchObject({ version: 0x0303, cipherSuite: 0xc02b });
  });
});

describe('bytes that are no hello', () => {
  it('are none', () => {
    expect(decodeHello(NOTHING)).toBeUndefined();
    expect(decodeHello(bytesOf([11, 0, 0, 1, 0]))).toBeUndefined();
    expect(decodeHello(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toBeUndefined();
  });

  const hellos = [
    bytesOf(encodeClientHello(1, [...serverNameExtension('a.example'), ...alpnExtension('h2')])),
    serverHello(0x1301, [...alpnExtension('h2'), ...supportedVersion(0x0304)]),
  ];

  it('do no harm, wherever a hello is cut or changed', () => {
    const changed = fc.tuple(
      fc.constantFrom(...hellos),
      fc.nat(200),
      fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 8 }),
    );
    fc.assert(
      fc.property(changed, ([hello, length, changes]) => {
        const bytes = hello.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        decodeHello(bytes);
      }),
      { numRuns: 5000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void decodeHello(bytes)));
  });
});
