import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { buildGo, startGoServer } from './go-build.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { type Agreed, agreedBy, NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, plaincapWords } from './plaincap.ts';
import { Program } from './program.ts';
import { agreedIn, readHandshakes } from './recorded-handshakes.ts';
import { NO_RESETS, readFields, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const recording = join(folder, 'handshakes.cbor');
const request = join(folder, 'request');
writeFileSync(request, 'GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

/** Programs. */
const go = { client: '', server: '' };
let certificate: Certificate;
let server: NodeServer;
beforeAll(async () => {
  certificate = makeCertificate(folder);
  server = await NodeServer.start(certificate);
  go.client = await buildGo(folder, 'client');
  go.server = await buildGo(folder, 'server');
}, 240_000);
beforeEach(() => {
  server.agreed.length = 0;
});

/** Of HTTP/1.1, over one socket that blocks; the version is the highest that it takes. */
const HTTP_CLIENT = `
import http.client, ssl, sys
context = ssl._create_unverified_context()
context.maximum_version = ssl.TLSVersion[sys.argv[2]]
connection = http.client.HTTPSConnection('localhost', int(sys.argv[1]), context=context)
connection.request('GET', '/a')
connection.getresponse().read()
connection.close()
`;

/** With memory BIOs; two connections, of which the second resumes the first's session. */
const RESUMING_CLIENT = `
import http.client, socket, ssl, sys
context = ssl._create_unverified_context()
context.maximum_version = ssl.TLSVersion[sys.argv[2]]
session = None
for turn in range(2):
    with socket.create_connection(('localhost', int(sys.argv[1]))) as plain:
        with context.wrap_socket(plain, server_hostname='again.example', session=session) as sock:
            sock.sendall(open(sys.argv[3], 'rb').read())
            while sock.recv(65536):
                pass
            print('resumed' if sock.session_reused else 'new')
            session = sock.session
`;

const ASYNCIO_CLIENT = `
import asyncio, ssl, sys
context = ssl._create_unverified_context()
context.set_alpn_protocols(['http/1.1'])
async def ask(number):
    name = '%d.example' % number
    reader, writer = await asyncio.open_connection(
        'localhost', int(sys.argv[1]), ssl=context, server_hostname=name)
    writer.get_extra_info('ssl_object').selected_alpn_protocol()
    writer.write(open(sys.argv[2], 'rb').read())
    await reader.read()
    writer.close()
async def main():
    await asyncio.gather(*map(ask, range(20)))
asyncio.run(main())
`;

const NODE_CLIENT = `
  const [port, servername, maxVersion, protocols] = process.argv.slice(1);
  const socket = require('tls').connect({
    port, servername, maxVersion, rejectUnauthorized: false,
    ALPNProtocols: protocols ? protocols.split(',') : [],
  }, () => socket.write('GET /a HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n'));
  socket.on('error', () => {}).once('data', () => socket.destroy());
`;

/** Commands that connect to the server at this port once or more. */
const CLIENTS: Record<string, (port: string) => string[]> = {
  'curl, HTTP/2': (port) => ['curl', '-sk', `https://localhost:${port}/a`],
  'curl, HTTP/1.1': (port) => ['curl', '-sk', '--http1.1', `https://localhost:${port}/a`],
  'curl, TLS 1.2': (port) => ['curl', '-sk', '--tls-max', '1.2', `https://localhost:${port}/a`],
  'curl, CHACHA20': (port) => [
    ...['curl', '-sk', '--tls-max', '1.2', '--ciphers', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    `https://localhost:${port}/a`,
  ],
  'curl, no server name': (port) => ['curl', '-sk', `https://127.0.0.1:${port}/a`],
  'curl, no ALPN': (port) => ['curl', '-sk', '--no-alpn', `https://localhost:${port}/a`],
  'curl, three connections': (port) => [
    ...['curl', '-sk', '--parallel', '--parallel-immediate', '--http1.1'],
    ...[1, 2, 3].map((number) => `https://localhost:${port}/${number}`),
  ],
  'python, TLS 1.3': (port) => ['python3', '-c', HTTP_CLIENT, port, 'TLSv1_3'],
  'python, TLS 1.2': (port) => ['python3', '-c', HTTP_CLIENT, port, 'TLSv1_2'],
  'asyncio, 20 connections': (port) => ['python3', '-c', ASYNCIO_CLIENT, port, request],
  'node, TLS 1.3': (port) => ['node', '-e', NODE_CLIENT, port, 'a.example', 'TLSv1.3', 'h2'],
  'node, TLS 1.2': (port) => ['node', '-e', NODE_CLIENT, port, 'a.example', 'TLSv1.2', 'http/1.1'],
  'node, no ALPN': (port) => ['node', '-e', NODE_CLIENT, port, 'b.example', 'TLSv1.3'],
  'GnuTLS, TLS 1.3': (port) => [
    ...['gnutls-cli', '--insecure', '--alpn', 'http/1.1', '-p', port, 'localhost'],
  ],
  'GnuTLS, TLS 1.2': (port) => [
    ...['gnutls-cli', '--insecure', '--alpn', 'h2', '--priority', 'NORMAL:-VERS-TLS1.3'],
    ...['-p', port, 'localhost'],
  ],
  'wget (GnuTLS)': (port) => [
    ...['wget', '-qO', '/dev/null', '--no-check-certificate', `https://localhost:${port}/a`],
  ],
  'Go, HTTP/2': (port) => [go.client, '-url', `https://localhost:${port}`, '-http2'],
  'Go, TLS 1.2': (port) => [
    ...[go.client, '-url', `https://localhost:${port}`, '-http2', '-max', '1.2'],
  ],
  'Go, HTTP/1.1 without ALPN, 8 connections': (port) => [
    ...[go.client, '-url', `https://localhost:${port}`, '-goroutines', '8'],
  ],
  'Go, a net.Conn of its own': (port) => [
    ...[go.client, '-url', `https://localhost:${port}`, '-wrap'],
  ],
  'NSS, TLS 1.3': (port) => [
    ...['tstclnt', '-h', '127.0.0.1', '-p', port, '-a', 'n.example', '-D', '-o', '-A', request],
  ],
  'NSS, TLS 1.2': (port) => [
    ...['tstclnt', '-h', '127.0.0.1', '-p', port, '-a', 'n.example', '-D', '-o', '-A', request],
    ...['-V', 'tls1.2:tls1.2'],
  ],
};

const byName = (one: Agreed, other: Agreed) => one.serverName.localeCompare(other.serverName);

describe('a client', () => {
  it.each(Object.entries(CLIENTS))('tells what it agreed on: %s', async (_, client) => {
    await captureCommand([recording], client(`${server.port}`));
    const handshakes = await readHandshakes(recording);
    expect(handshakes.map(agreedIn).sort(byName)).toEqual(server.agreed.toSorted(byName));
    expect(handshakes.length).toBeGreaterThan(0);
    for (const { role, durationNs } of handshakes) {
      expect(role).toBe('client');
      expect(durationNs).toBeGreaterThan(0);
    }
  });

  it.each(['TLSv1_2', 'TLSv1_3'])('tells of a session that is resumed: %s', async (version) => {
    const client = ['python3', '-c', RESUMING_CLIENT, `${server.port}`, version, request];
    const said = await captureCommand([recording], client);
    expect(said).toBe('new\nresumed\n');
    const handshakes = await readHandshakes(recording);
    // Node does not say which name the client of a resumed session asked for.
    const agreed = server.agreed.map((one) => ({ ...one, serverName: 'again.example' }));
    expect(handshakes.map(agreedIn)).toEqual(agreed);
    expect(handshakes).toHaveLength(2);
  });

  it('tells once of a handshake that began again, after a HelloRetryRequest', async () => {
    const other = await NodeServer.start(certificate, { tls: { ecdhCurve: 'secp384r1' } });
    const flags = ['-groups', 'X25519:P-384', '-servername', 'again.example', '-msg', '-quiet'];
    const client = ['openssl', 's_client', '-connect', `127.0.0.1:${other.port}`, ...flags];
    const [node, ...words] = plaincapWords('capture', '-w', recording, '--', ...client);
    const program = new Program(node, words, { typed: true });
    program.type('GET /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const { stdout } = await program.ended;
    expect(stdout.toString().match(/ClientHello/g)).toHaveLength(2);
    const handshakes = await readHandshakes(recording);
    expect(handshakes.map(agreedIn)).toEqual(other.agreed);
    expect(handshakes).toMatchObject([{ role: 'client', version: 0x0304 }]);
  });

  it('took no longer than it says', async () => {
    const format = '%{time_connect} %{time_appconnect}';
    const words = ['curl', '-sk', '-o', '/dev/null', '-w', format, server.url('/a')];
    const [connected, agreed] = (await captureCommand([recording], words)).split(' ').map(Number);
    const [handshake] = await readHandshakes(recording);
    const seconds = Number(handshake?.durationNs) / 1e9;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(Number(agreed) - Number(connected) + 0.001);
  });

  it('shows it in the file', async () => {
    const capture = join(folder, 'shown.pcapng');
    await captureCommand([capture], ['curl', '-sk', '--http1.1', server.url('/a')]);
    const [agreed] = server.agreed;
    const fields = [
      'tls.handshake.extensions_server_name',
      'tls.handshake.extensions_alpn_str',
    ] as const;
    expect(await readFields(capture, 'tls.handshake.type', fields)).toEqual([
      {
        'tls.handshake.extensions_server_name': ['localhost'],
        'tls.handshake.extensions_alpn_str': ['http/1.1'],
      },
      {
        'tls.handshake.extensions_server_name': [],
        'tls.handshake.extensions_alpn_str': ['http/1.1'],
      },
    ]);
    const [comment] = await readFields(capture, 'frame.comment', ['frame.comment']);
    expect(comment?.['frame.comment'][0]).toContain(
      `ms, TLS 1.3, ${agreed?.cipherSuite}, ALPN http/1.1, SNI localhost; `,
    );
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});

const SERVERS_CLIENTS: ConnectionOptions[] = [
  { servername: 'a.example', ALPNProtocols: ['h2', 'http/1.1'] },
  { servername: 'b.example', ALPNProtocols: ['http/1.1'], maxVersion: 'TLSv1.2' },
  { servername: 'c.example', ecdhCurve: 'P-384:P-256' },
  { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
];

/** Connects as each of these clients, one after the other. Returns what they say of it. */
async function connectAll(port: number): Promise<Agreed[]> {
  const agreed: Agreed[] = [];
  for (const options of SERVERS_CLIENTS) {
    const socket = connect({ port, rejectUnauthorized: false, ...options });
    await once(socket, 'secureConnect');
    agreed.push({ ...agreedBy(socket), serverName: options.servername ?? '' });
    await ask(socket);
  }
  return agreed;
}

/** The beginning of a client's HTTP/2: its preface and an empty SETTINGS frame. */
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

/** Ends the connection when the server has answered: only then it has seen the client's Finished. */
async function ask(socket: TLSSocket): Promise<void> {
  const isHttp2 = socket.alpnProtocol === 'h2';
  socket.write(isHttp2 ? HTTP2_PREFACE : 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  await once(socket, 'close');
}

const NODE_SERVER = `
  const [port, key, cert] = process.argv.slice(1);
  const { readFileSync } = require('fs');
  const tls = { key: readFileSync(key), cert: readFileSync(cert), allowHTTP1: true };
  require('http2').createSecureServer(tls, (_, response) => response.end('ok')).listen(port);
`;

/** Resolves when something takes TCP connections on the port. */
async function isListening(port: number): Promise<void> {
  const attempt = connectTcp(port, 'localhost');
  try {
    await once(attempt, 'connect');
  } catch {
    await delay(20);
    await isListening(port);
  } finally {
    attempt.destroy();
  }
}

describe('a server', () => {
  let nginx: NginxSite;
  let nginxPid: number;

  beforeAll(async () => {
    nginx = await NginxSite.write(folder, certificate, {
      files: { a: Buffer.from('a') },
      protocols: 'TLSv1.2 TLSv1.3',
    });
    nginxPid = (await startNginx(nginx)).pid;
  });

  async function requireServer(pid: number, port: number): Promise<void> {
    let agreed: Agreed[] = [];
    await captureWhile(['--pid', `${pid}`], [recording], async () => {
      agreed = await connectAll(port);
    });
    const handshakes = await readHandshakes(recording);
    expect(handshakes.map(agreedIn)).toEqual(agreed);
    expect(handshakes.map(({ role }) => role)).toEqual(SERVERS_CLIENTS.map(() => 'server'));
  }

  it('tells what its clients asked for and agreed on: nginx', async () => {
    await requireServer(nginxPid, nginx.port);
  });

  it('tells what its clients asked for and agreed on: node', async () => {
    const port = await freePort();
    const { key, cert } = certificate;
    const program = new Program('node', ['-e', NODE_SERVER, `${port}`, key, cert]);
    await isListening(port);
    await requireServer(program.pid, port);
    program.kill('SIGTERM');
  });

  it('tells what its clients asked for and agreed on: openssl s_server', async () => {
    const port = await freePort();
    const files = ['-key', certificate.key, '-cert', certificate.cert];
    const flags = ['-accept', `${port}`, '-alpn', 'h2,http/1.1'];
    const program = new Program('openssl', ['s_server', ...files, ...flags], { typed: true });
    const answers = setInterval(() => program.type('answer\n'), 100);
    await isListening(port);
    await requireServer(program.pid, port);
    clearInterval(answers);
    program.kill('SIGTERM');
  });

  it('tells what its clients asked for and agreed on: Go', async () => {
    const { program, port } = await startGoServer(go.server, certificate);
    await requireServer(program.pid, port);
    program.kill('SIGTERM');
  });

  it('tells nothing of a handshake that was before the capture', async () => {
    const socket = connect({ port: nginx.port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    await captureWhile(['--pid', `${nginxPid}`], [recording], () => ask(socket));
    expect(await readHandshakes(recording)).toEqual([]);
  });
});
