import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { askByCurl } from './curl-answers.ts';
import { freePort } from './free-port.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, plaincapWords } from './plaincap.ts';
import { Program } from './program.ts';
import { bytesOf, readCalls, readEvents } from './recorded-calls.ts';
import { exportHttpObjects, NO_RESETS, readComplaints, readUnknownConnections } from './tshark.ts';

const folder = temporaryFolder();
const LIBCURL = join(import.meta.dirname, 'programs', 'libcurl.py');

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate(folder);
});

describe('a client with GnuTLS', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(certificate);
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  it.each([
    { name: 'wget', words: ['wget', '-q', '--no-check-certificate', '-O', '/dev/null'] },
    { name: 'libcurl-gnutls', words: ['python3', LIBCURL, 'libcurl-gnutls.so.4'] },
  ])('has the requests of $name', async ({ name, words }) => {
    const capture = join(folder, `${name}.pcapng`);
    const paths = ['/a', '/b?bytes=300000', '/c'];
    await captureCommand([capture], [...words, ...paths.map((path) => server.url(path))]);
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ client, uri, status }) => [client, uri, status])).toEqual(
      server.received.map(({ client, path }) => [client, server.url(path), 200]),
    );
    expect(server.received.map(({ path }) => path)).toEqual(paths);
    const bodies = await exportHttpObjects(capture);
    const long = [...bodies.values()].filter(({ length }) => length === 300_000);
    expect(long).toEqual([bodyOf('/b?bytes=300000')]);
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });

  it('has what gnutls-cli says', async () => {
    const capture = join(folder, 'gnutls-cli.pcapng');
    const recording = join(folder, 'gnutls-cli.cbor');
    const client = ['gnutls-cli', '--insecure', '-p', `${server.port}`, '127.0.0.1'];
    const files = ['-w', capture, '-w', recording];
    const [node, ...words] = plaincapWords('capture', ...files, '--', ...client);
    const program = new Program(node, words, { typed: true });
    const request = 'GET /typed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    program.type(request);
    expect((await program.ended).code).toBe(0);
    expect(await readHttp1Exchanges(capture)).toMatchObject([
      { client: server.received[0]?.client, uri: 'https://localhost/typed', status: 200 },
    ]);
    const calls = await readCalls(recording);
    expect(bytesOf(calls, 'write').toString()).toBe(request);
    expect(bytesOf(calls, 'read').includes(bodyOf('/typed'))).toBe(true);
    expect(await readUnknownConnections(capture)).toEqual([]);
  });
});

it('has what a gnutls-cli that is older than the capture says', async () => {
  const server = await NodeServer.start(certificate);
  const capture = join(folder, 'old.pcapng');
  const target = ['--insecure', '-p', `${server.port}`, '127.0.0.1'];
  const client = new Program('gnutls-cli', target, { typed: true });
  await client.prints('Simple Client Mode');
  await captureWhile(['--pid', `${client.pid}`], [capture], async () => {
    for (const path of ['/late/1', '/late/2']) {
      client.type(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await client.prints(`x-number: ${path.slice(-1)}`);
    }
  });
  client.kill('SIGTERM');
  await client.ended;
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri }) => `${client} ${uri}`)).toEqual(
    server.received.map(({ client, path }) => `${client} https://localhost${path}`),
  );
  expect(server.received).toHaveLength(2);
  expect(await readUnknownConnections(capture)).toEqual([]);
});

it('has what gnutls-serv hears and answers', async () => {
  const capture = join(folder, 'gnutls-serv.pcapng');
  const recording = join(folder, 'gnutls-serv.cbor');
  const port = await freePort();
  const { key, cert } = certificate;
  const server = ['gnutls-serv', '--http', '-q', '-a', '-p', `${port}`];
  const files = ['--x509keyfile', key, '--x509certfile', cert];
  const destinations = ['-w', capture, '-w', recording];
  const [node, ...words] = plaincapWords('capture', ...destinations, '--', ...server, ...files);
  const program = new Program(node, words);
  await program.says('IPv6 :: port');
  const urls = ['/a', '/b', '/c'].map((path) => `https://localhost:${port}${path}`);
  const answers = await askByCurl(urls);
  program.kill('SIGTERM');
  await program.ended;

  expect(await readRequestUris(capture)).toEqual(urls);
  expect(await readUnknownConnections(capture)).toEqual([]);
  expect(bytesOf(await readCalls(recording), 'write')).toEqual(
    Buffer.concat(answers.map(({ bytes }) => bytes)),
  );
  const told: string[] = [];
  await readEvents(recording, (event) => {
    if (event.kind === 'connection') told.push(`${event.role} of ${event.remotePort}`);
    // If the client has not read all by then, it answers with an RST.
    if (event.kind === 'close') told.push(`first FIN by ${event.finBy}`);
  });
  expect(told).toEqual(
    answers.flatMap(({ clientPort }) => [`server of ${clientPort}`, 'first FIN by local']),
  );
});
