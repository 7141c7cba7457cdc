import { once } from 'node:events';
import { createServer } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, startPlaincap } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { bytesOf, readSessions } from './recorded-sessions.ts';
import {
  NO_RESETS,
  readComplaints,
  readFields,
  readUnknownConnections,
  readWarnings,
} from './tshark.ts';

const folder = temporaryFolder();
const certificate = makeCertificate(folder);

/** Passes on whatever comes, to a port of this machine; an end may answer for itself first. */
const RELAY = `
import socket, sys, threading
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
print('listens', flush=True)
def pump(source, sink):
    while data := source.recv(65536):
        sink.sendall(data)
    sink.shutdown(socket.SHUT_WR)
while True:
    near, _ = listener.accept()
    if len(sys.argv) > 3:
        assert near.recv(65536).startswith(b'CONNECT ')
        near.sendall(b'HTTP/1.1 200 Connection established\\r\\n\\r\\n')
    far = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
    threading.Thread(target=pump, args=(near, far), daemon=True).start()
    threading.Thread(target=pump, args=(far, near), daemon=True).start()
`;

/** A mail server that is upgraded to TLS, and says the same again then. */
const SMTP = `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[2])
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
print('listens', flush=True)
sock, _ = listener.accept()
sock.sendall(b'220 mail.example ESMTP\\r\\n')
assert sock.recv(1000).startswith(b'EHLO')
sock.sendall(b'250-mail.example\\r\\n250 STARTTLS\\r\\n')
assert sock.recv(1000) == b'STARTTLS\\r\\n'
sock.sendall(b'220 go ahead\\r\\n')
sock = context.wrap_socket(sock, server_side=True)
while data := sock.recv(1000):
    if data.startswith(b'QUIT'):
        break
    sock.sendall(b'250 hidden\\r\\n')
sock.sendall(b'221 bye\\r\\n')
sock.close()
`;

async function startPython(
  script: string,
  ...args: readonly (string | number)[]
): Promise<Program> {
  const program = new Program('python3', ['-c', script, ...args.map(String)], {
    timeoutMs: 120_000,
  });
  await program.prints('listens');
  return program;
}

/** Sockets that carry TLS have none of its records in the file. */
function expectNoCiphertext(sessions: Awaited<ReturnType<typeof readSessions>>): void {
  for (const session of sessions.filter(({ protocol }) => protocol === 'plain')) {
    for (const { bytes } of session.data)
      expect(bytes.includes('\x16\x03', 0, 'latin1')).toBe(false);
  }
}

describe('a capture with --plain', () => {
  it('has TLS and plain conversations of a program in one file', async () => {
    const capture = join(folder, 'both.pcapng');
    const recording = join(folder, 'both.cbor');
    const server = await NodeServer.start(certificate);
    const site = await startPlainServer();
    const urls = [server.url('/tls/1'), site.url('/plain/1'), server.url('/tls/2'), site.url('/2')];
    const outputs = urls.flatMap((url) => ['-o', '/dev/null', url]);
    await captureCommand([capture, recording], ['curl', '-sk', '--http1.1', ...outputs], {
      flags: ['--plain'],
    });
    expect(await readRequestUris(capture)).toEqual(urls);
    expect(await readComplaints(capture)).toEqual([]);
    const sessions = await readSessions(recording);
    expect(sessions.map(({ protocol }) => protocol).sort()).toEqual(['plain', 'tls']);
    expectNoCiphertext(sessions);
  });

  it('has no ciphertext of programs whose ciphertext passes memory', async () => {
    const recording = join(folder, 'memory.cbor');
    const server = await NodeServer.start(certificate);
    const client = `
      const { get } = require('node:https');
      for (const number of [1, 2, 3, 4, 5]) {
        const options = { port: ${server.port}, path: '/' + number + '?bytes=90000', rejectUnauthorized: false };
        get(options, (response) => response.resume());
      }
    `;
    await captureCommand([recording], ['node', '-e', client], { flags: ['--plain'] });
    const sessions = await readSessions(recording);
    expect(sessions.map(({ protocol }) => protocol)).toEqual(Array(5).fill('tls'));
  });

  it('has no ciphertext of connections that are older than the capture', async () => {
    const recording = join(folder, 'old.cbor');
    const port = await freePort();
    const script = `
      const { readFileSync } = require('node:fs');
      const [key, cert] = [${JSON.stringify(certificate.key)}, ${JSON.stringify(certificate.cert)}];
      require('node:https').createServer({ key: readFileSync(key), cert: readFileSync(cert) },
        (request, response) => request.resume().once('end', () => response.end(request.url.repeat(9000))),
      ).listen(${port}, () => console.log('listens'));
    `;
    const server = new Program('node', ['-e', script], { timeoutMs: 120_000 });
    await server.prints('listens');
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const exchange = async (path: string) => {
      const client = request({ port, path, agent, method: 'POST' }).end(Buffer.alloc(200_000));
      const [response] = await once(client, 'response');
      expect(await text(response)).toBe(path.repeat(9000));
    };
    await exchange('/before');
    await captureWhile(['--plain', '--pid', `${server.pid}`], [recording], async () => {
      for (const number of [1, 2, 3]) await exchange(`/${number}`);
    });
    agent.destroy();
    expect((await readSessions(recording)).map(({ protocol }) => protocol)).toEqual(['tls']);
  });

  it('has nothing of a proxy that passes on TLS, and tells how much that is', async () => {
    const capture = join(folder, 'relay.pcapng');
    const server = await NodeServer.start(certificate);
    const port = await freePort();
    const relay = await startPython(RELAY, port, server.port);
    const recording = join(folder, 'relay.cbor');
    const ended = await captureRelay(relay, [capture, recording], async () => {
      for (const number of [1, 2, 3]) {
        await succeed('curl', ['-sk', '-o', '/dev/null', `https://127.0.0.1:${port}/${number}`]);
      }
    });
    expect(server.received).toHaveLength(3);
    expect(await readSessions(recording)).toEqual([]);
    expect(await readFields(capture, 'tcp', ['frame.number'])).toEqual([]);
    const [, bytes] =
      /0 bytes; \d+ bytes lost \(encrypted: (\d+) bytes of \d+ calls\)$/m.exec(ended) ?? [];
    // Handshakes, requests and answers, twice read and twice written.
    expect(Number(bytes)).toBeGreaterThan(3 * 4 * 500);
  });

  it('has the CONNECT of a proxy, and no ciphertext behind it', async () => {
    const recording = join(folder, 'connect.cbor');
    const server = await NodeServer.start(certificate);
    const port = await freePort();
    const relay = await startPython(RELAY, port, server.port, 'connect');
    const ended = await captureRelay(relay, [recording], () =>
      succeed('curl', ['-sk', '-x', `http://127.0.0.1:${port}`, server.url('/behind')]),
    );
    expect(server.received.map(({ path }) => path)).toEqual(['/behind']);
    const [session, ...others] = await readSessions(recording);
    expect(others).toEqual([]);
    expect(session && bytesOf(session, 'read').toString()).toMatch(
      /^CONNECT localhost:\d+ HTTP\/1.1\r\n[\s\S]*\r\n\r\n$/,
    );
    expect(session && bytesOf(session, 'write').toString()).toBe(
      'HTTP/1.1 200 Connection established\r\n\r\n',
    );
    expect(ended).toMatch(/bytes lost \(encrypted: \d+ bytes of \d+ calls\)$/m);
  });

  it('has the CONNECT of a client, and what it says through TLS then', async () => {
    const capture = join(folder, 'tunnel.pcapng');
    const server = await NodeServer.start(certificate);
    const port = await freePort();
    await startPython(RELAY, port, server.port, 'connect');
    const proxy = `http://127.0.0.1:${port}`;
    await captureCommand([capture], ['curl', '-sk', '--http1.1', '-x', proxy, server.url('/in')], {
      flags: ['--plain'],
    });
    expect(
      (await readHttp1Exchanges(capture)).map(({ method, uri }) => `${method} ${uri}`),
    ).toEqual([expect.stringMatching(/^CONNECT /), `GET ${server.url('/in')}`]);
    // TLS is a second stream between the same ports.
    const warnings = await readWarnings(capture, `!tcp.analysis.reused_ports && ${NO_RESETS}`);
    expect(warnings).toEqual([]);
    expect(await readUnknownConnections(capture)).toEqual([]);
  });

  it.each(['client', 'server'])('has STARTTLS: the %s, plain and then TLS', async (end) => {
    const capture = join(folder, `starttls-${end}.pcapng`);
    const recording = join(folder, `starttls-${end}.cbor`);
    const port = await freePort();
    const { key, cert } = certificate;
    const input = 'NOOP\r\nNOOP\r\n';
    const client = ['-quiet', '-starttls', 'smtp', '-connect', `127.0.0.1:${port}`];
    const server = await startPython(SMTP, port, key, cert);
    const talk = async (start: () => Program) => {
      const program = start();
      await program.says('250 ');
      program.type(input);
      await program.prints('250 hidden');
      program.type('QUIT\r\n');
      await program.prints('221 bye');
      await program.ended;
    };
    if (end === 'server') {
      await captureWhile(['--plain', '--pid', `${server.pid}`], [capture, recording], () =>
        talk(() => new Program('openssl', ['s_client', ...client], { typed: true })),
      );
    } else {
      const command = ['openssl', 's_client', ...client];
      const words = ['capture', '--plain', '-w', capture, '-w', recording, '--', ...command];
      await talk(() => startPlaincap(words, { typed: true }));
    }
    const sessions = await readSessions(recording);
    // s_client gives its TLS object the socket before it asks for TLS.
    const [plain, tls, ...others] = sessions.sort((a, b) => (a.protocol < b.protocol ? -1 : 1));
    expect([plain?.protocol, tls?.protocol, others.length]).toEqual(['plain', 'tls', 0]);
    const [asks, answers] =
      end === 'client' ? (['write', 'read'] as const) : (['read', 'write'] as const);
    expect(plain && bytesOf(plain, asks).toString()).toMatch(/^EHLO .*\r\nSTARTTLS\r\n$/);
    expect(plain && bytesOf(plain, answers).toString()).toBe(
      '220 mail.example ESMTP\r\n250-mail.example\r\n250 STARTTLS\r\n220 go ahead\r\n',
    );
    expect(tls && bytesOf(tls, asks).toString().replaceAll('\r\n', '\n')).toMatch(/^NOOP\n/);
    expect(tls && bytesOf(tls, answers).toString()).toMatch(/^250 hidden\r\n[\s\S]*221 bye\r\n$/);
    expect(plain?.localPort).toBe(tls?.localPort);
    expect(await readUnknownConnections(capture)).toEqual([]);
    const streams = await readFields(capture, 'tcp.flags.syn == 1 && tcp.flags.ack == 0', [
      'tcp.srcport',
    ]);
    expect(streams).toHaveLength(2);
    expect(new Set(streams.map((row) => `${row['tcp.srcport']}`)).size).toBe(1);
  });
});

async function captureRelay(
  relay: Program,
  files: readonly string[],
  traffic: () => Promise<unknown>,
): Promise<string> {
  const destinations = files.flatMap((file) => ['-w', file]);
  const capture = startPlaincap(['capture', '--plain', '--pid', `${relay.pid}`, ...destinations]);
  await capture.says('capturing');
  await traffic();
  capture.kill('SIGINT');
  const { code, stderr } = await capture.ended;
  expect(code).toBe(0);
  return stderr;
}

/** Answers every request with a few bytes. */
async function startPlainServer(): Promise<{ url(path: string): string }> {
  const server = createServer((_, response) => response.end('plain'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: (path) => `http://127.0.0.1:${port}${path}` };
}
