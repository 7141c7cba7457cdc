import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { buildGo, startGoServer } from './go-build.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { NodeServer } from './node-server.ts';
import { captureWhile, plaincap } from './plaincap.ts';
import { run, succeed } from './program.ts';
import { readFailures, readHandshakes } from './recorded-handshakes.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const LIBCURL = join(import.meta.dirname, 'programs', 'libcurl.py');
const recording = join(folder, 'failed.cbor');

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

const NODE_CLIENT = `
  const tls = { port: process.argv[1], servername: 'localhost', ciphers: 'AES128-SHA' };
  require('tls').connect({ ...tls, maxVersion: 'TLSv1.2' }).on('error', () => {});
`;

describe('a handshake that fails', () => {
  /** Speaks no TLS. */
  let plain: Server;
  beforeAll(async () => {
    plain = createServer((socket) => {
      // The client may reset the connection.
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    return () => plain.close();
  });

  const plainUrl = () => `https://localhost:${(plain.address() as AddressInfo).port}/`;

  const untrusted = { role: 'client', version: 0x0304, serverName: 'localhost' };
  const unanswered = { role: 'client', version: 0, cipherSuite: 0, serverName: 'localhost' };
  const rsa = ['-cipher', 'AES128-SHA', '-tls1_2', '-servername', 'localhost'];
  const cases: { what: string; command: () => string[]; failure: object }[] = [
    {
      what: 'curl, as the certificate is not trusted',
      command: () => ['curl', '-s', server.url('/a')],
      failure: { ...untrusted, function: 'SSL_connect' },
    },
    {
      what: 'curl, as the peer speaks no TLS',
      command: () => ['curl', '-sk', plainUrl()],
      failure: { ...unanswered, function: 'SSL_connect' },
    },
    {
      what: 'python, as the certificate is not trusted',
      command: () => [
        ...['python3', '-c', 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])'],
        server.url('/a'),
      ],
      failure: { ...untrusted, function: 'SSL_do_handshake' },
    },
    {
      what: 'openssl, as there is no common cipher suite',
      command: () => ['openssl', 's_client', '-connect', `127.0.0.1:${server.port}`, ...rsa],
      failure: unanswered,
    },
    {
      what: 'node, as there is no common cipher suite',
      command: () => ['node', '-e', NODE_CLIENT, `${server.port}`],
      failure: unanswered,
    },
    {
      what: 'GnuTLS, as the certificate is not trusted',
      command: () => ['gnutls-cli', '-p', `${server.port}`, 'localhost'],
      failure: { ...untrusted, function: 'gnutls_handshake' },
    },
    {
      what: 'NSS, as the peer speaks no TLS',
      command: () => ['python3', LIBCURL, 'libcurl-nss.so.4', plainUrl()],
      failure: { ...unanswered, function: 'SSL_ForceHandshake' },
    },
    {
      what: 'Go, as the certificate is not trusted',
      command: () => [go.client, '-url', server.url(''), '-verify'],
      failure: { ...untrusted, function: 'crypto/tls.(*Conn).clientHandshake' },
    },
  ];
  it.each(cases)('is told of $what', async ({ command, failure }) => {
    const capture = join(folder, 'failed.pcapng');
    const files = ['-w', recording, '-w', capture];
    await plaincap(['capture', ...files, '--', ...command()]);
    expect(await readHandshakes(recording)).toEqual([]);
    const failures = await readFailures(recording);
    expect(failures).toMatchObject([failure]);
    expect(failures[0]?.durationNs).toBeGreaterThan(0);
    // It has no data, and so no stream.
    expect(await readFields(capture, 'tcp', ['frame.number'])).toEqual([]);
  });

  it('is shown by print', async () => {
    await plaincap(['capture', '-w', recording, '--', 'curl', '-s', server.url('/a')]);
    const { stdout } = await plaincap(['print', '--handshake', recording]);
    expect(stdout.toString()).toMatch(
      new RegExp(
        `:${server.port} handshake failed after \\d+\\.\\d+ ms, TLS 1\\.3, .*, SNI localhost$`,
        'm',
      ),
    );
  });

  /** A client that only begins as TLS does, one that does not trust, and one that gets its answer. */
  async function requireFailures(pid: number, port: number): Promise<void> {
    await captureWhile(['--pid', `${pid}`], [recording], async () => {
      const stranger = connect(port, '127.0.0.1');
      stranger.on('error', () => {}).end('\x16\x03\x01\0\x05hello');
      await new Promise((resolve) => stranger.resume().once('close', resolve));
      await run('curl', ['-s', `https://localhost:${port}/a`]);
      await succeed('curl', ['-sk', '-o', '/dev/null', `https://localhost:${port}/a`]);
    });
    const failures = await readFailures(recording);
    expect(failures.map(({ role, serverName }) => `${role} ${serverName}`)).toEqual([
      'unknown ',
      'server localhost',
    ]);
    expect(await readHandshakes(recording)).toMatchObject([{ role: 'server' }]);
  }

  it('is told of servers: nginx', async () => {
    const site = await NginxSite.write(folder, certificate, { files: { a: Buffer.from('a') } });
    const nginx = await startNginx(site);
    await requireFailures(nginx.pid, site.port);
    nginx.kill('SIGTERM');
  });

  it('is told of servers: Go', async () => {
    const { program, port } = await startGoServer(go.server, certificate);
    await requireFailures(program.pid, port);
    program.kill('SIGTERM');
  });
});
