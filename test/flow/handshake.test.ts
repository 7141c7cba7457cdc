import { beforeAll, describe, expect, it } from 'vitest';
import { CaptureScript, type SessionScript } from './capture-script.ts';
import { http2Exchange } from './http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream, packets } from './wireshark.ts';

function http1(session: SessionScript): void {
  session.write('GET /first HTTP/1.1\r\nHost: server.example\r\n\r\n');
  session.read('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
}

describe('what is known of a handshake', () => {
  const capture = new CaptureScript();
  let path: string;

  beforeAll(() => {
    const told = capture.conversation({ remotePort: 54_321 });
    told.handshake({ alpn: 'http/1.1' });
    http1(told);
    const older = capture.conversation({ remotePort: 54_321, seenOpening: false });
    http1(older);
    const sparse = capture.conversation({ remotePort: 54_321 });
    sparse.handshake({ version: 0, cipherSuite: 0xeeee, serverName: '', alpn: '' });
    http1(sparse);
    const bare = capture.conversation({ remotePort: 8080 });
    bare.handshake({ serverName: 'evil\x1b.example' });
    http1(bare);
    path = capture.save();
  });

  it('stands in the comment of the first packet', () => {
    const comments = commentsByStream(path);
    const contents = 'plaincap: TLS plaintext of curl (4711) through libssl.so.3';
    const synthetic = 'the TLS version and cipher shown are synthetic';
    expect(comments.get(0)).toEqual([
      `${contents}; handshake in 2.500 ms, TLS 1.3, TLS_AES_256_GCM_SHA384, ALPN http/1.1, SNI server.example; ${synthetic}`,
    ]);
    expect(comments.get(1)).toEqual([
      `${contents}; ${synthetic}; connection older than the capture`,
    ]);
    expect(comments.get(2)).toEqual([`${contents}; handshake in 2.500 ms, 0xeeee; ${synthetic}`]);
    expect(comments.get(3)).toEqual([
      `${contents}; handshake in 2.500 ms, TLS 1.3, TLS_AES_256_GCM_SHA384, SNI evil\\x1b.example`,
    ]);
  });

  it('stands in the hellos', () => {
    const names = fieldByStream(path, 'tls.handshake.extensions_server_name');
    expect([0, 1, 2, 3].map((stream) => names.get(stream))).toEqual([
      ['server.example'],
      [],
      [],
      [],
    ]);
  });

  it('is no reason to complain', () => {
    expect(complaints(path)).toEqual([]);
    const uris = fieldByStream(path, 'http.request.uri');
    for (const stream of [0, 1, 2, 3]) expect(uris.get(stream)).toEqual(['/first']);
  });
});

describe('the application protocol that was agreed on', () => {
  const PORTS = [443, 8443, 54_321, 6379];
  const NAMES = ['http/1.1', 'h2', 'http/1.0', 'imap', 'xmpp-client', 'x', '\xfe\x00\x1f', ''];
  /** Of every stream in the file, in their order. */
  const expected: { http1: boolean; http2: boolean; alpn: string[] }[] = [];
  const capture = new CaptureScript();
  let path: string;

  beforeAll(async () => {
    const http2 = (await http2Exchange(['/first/5'])).flat();
    for (const remotePort of PORTS) {
      for (const alpn of NAMES) {
        const first = capture.conversation({ remotePort });
        first.handshake({ alpn });
        http1(first);
        expected.push({ http1: true, http2: false, alpn: ['http/1.1', 'http/1.1'] });
        const second = capture.conversation({ remotePort });
        second.handshake({ alpn });
        for (const { direction, bytes } of http2) second[direction](bytes);
        expected.push({ http1: false, http2: true, alpn: ['h2', 'h2'] });
        const other = capture.conversation({ remotePort });
        other.handshake({ alpn });
        other.read('* OK ready\r\n');
        other.write('a NOOP\r\n');
        const kept = /^[a-z]/.test(alpn) && alpn !== 'h2' ? [alpn, alpn] : [];
        expected.push({ http1: false, http2: false, alpn: kept });
      }
    }
    path = capture.save();
  });

  it('never keeps HTTP from being dissected', () => {
    const uris = fieldByStream(path, 'http.request.uri');
    const paths = fieldByStream(path, 'http2.headers.path');
    for (const [stream, { http1, http2 }] of expected.entries()) {
      expect(uris.get(stream), `stream ${stream}`).toEqual(http1 ? ['/first'] : []);
      expect(paths.get(stream), `stream ${stream}`).toEqual(http2 ? ['/first/5'] : []);
    }
  });

  it('stands in the hellos unless the data is of another', () => {
    const shown = fieldByStream(path, 'tls.handshake.extensions_alpn_str');
    for (const [stream, { alpn }] of expected.entries()) {
      if (alpn.length > 0) expect(shown.get(stream), `stream ${stream}`).toEqual(alpn);
    }
  });

  it('is no reason to complain', () => {
    expect(complaints(path)).toEqual([]);
  });
});

it('tells the client where nobody saw who opened the connection', () => {
  const capture = new CaptureScript();
  for (const role of ['client', 'server'] as const) {
    // By the ports, both would be clients.
    const session = capture.conversation({
      role: 'unknown',
      seenOpening: false,
      localPort: 50_000,
      remotePort: 54_321 - 10_000,
    });
    session.handshake({ role });
    session.write('hello');
    session.end();
  }
  const syns = packets(capture.save()).filter(({ flags }) => flags === 'SYN');
  expect(syns.map(({ from }) => from)).toEqual(['10.1.0.1:50000', '10.2.0.1:44321']);
});
