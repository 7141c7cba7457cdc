import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { askByCurl } from './curl-answers.ts';
import { freePort } from './free-port.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, plaincap, plaincapWords } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { bytesOf, readCalls, readEvents } from './recorded-calls.ts';
import { sha256 } from './sha256.ts';
import { exportHttpObjects, NO_RESETS, readComplaints, readUnknownConnections } from './tshark.ts';

const folder = temporaryFolder();
const LIBCURL = join(import.meta.dirname, 'programs', 'libcurl.py');
const HEADERS = ['-I/usr/include/nss', '-I/usr/include/nspr'];
const LIBRARIES = ['-lssl3', '-lnss3', '-lnspr4'];

let certificate: Certificate;
let server: NodeServer;
beforeAll(async () => {
  certificate = makeCertificate(folder);
  server = await NodeServer.start(certificate);
});
beforeEach(() => {
  server.received.length = 0;
});

it('has the requests of a program with libcurl-nss', async () => {
  const capture = join(folder, 'libcurl.pcapng');
  const paths = ['/a', '/b?bytes=300000', '/c'];
  const urls = paths.map((path) => server.url(path));
  await captureCommand([capture], ['python3', LIBCURL, 'libcurl-nss.so.4', ...urls]);
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri, status }) => [client, uri, status])).toEqual(
    server.received.map(({ client, path }) => [client, server.url(path), 200]),
  );
  expect(server.received.map(({ path }) => path)).toEqual(paths);
  expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
});

it('has what tstclnt says', async () => {
  const capture = join(folder, 'tstclnt.pcapng');
  const recording = join(folder, 'tstclnt.cbor');
  const file = join(folder, 'request');
  const request = 'GET /typed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  writeFileSync(file, request);
  const target = ['-h', '127.0.0.1', '-p', `${server.port}`];
  await captureCommand([capture, recording], ['tstclnt', ...target, '-D', '-o', '-A', file]);
  expect(await readHttp1Exchanges(capture)).toMatchObject([
    { client: server.received[0]?.client, uri: 'https://localhost/typed', status: 200 },
  ]);
  const calls = await readCalls(recording);
  expect(bytesOf(calls, 'write').toString()).toBe(request);
  expect(bytesOf(calls, 'read').includes(bodyOf('/typed'))).toBe(true);
  expect(await readUnknownConnections(capture)).toEqual([]);
});

it('has what a tstclnt that is older than the capture says', async () => {
  const capture = join(folder, 'old.pcapng');
  const target = ['-h', '127.0.0.1', '-p', `${server.port}`];
  const client = new Program('tstclnt', [...target, '-D', '-o', '-f', '-v'], { typed: true });
  client.type('GET /before HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await client.prints('x-number: 1');
  await captureWhile(['--pid', `${client.pid}`], [capture], async () => {
    for (const [index, path] of ['/late/1', '/late/2'].entries()) {
      client.type(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await client.prints(`x-number: ${index + 2}`);
    }
  });
  client.kill('SIGTERM');
  await client.ended;
  const [before, ...late] = server.received;
  expect(before?.path).toBe('/before');
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri }) => `${client} ${uri}`)).toEqual(
    late.map(({ client, path }) => `${client} https://localhost${path}`),
  );
  expect(late).toHaveLength(2);
  expect(await readUnknownConnections(capture)).toEqual([]);
});

it('has what selfserv hears and answers', async () => {
  const database = join(folder, 'database');
  const bundle = join(folder, 'bundle.p12');
  const { key, cert } = certificate;
  mkdirSync(database);
  await succeed('certutil', ['-N', '-d', database, '--empty-password']);
  const pems = ['-in', cert, '-inkey', key, '-name', 'localhost'];
  await succeed('openssl', ['pkcs12', '-export', ...pems, '-passout', 'pass:x', '-out', bundle]);
  await succeed('pk12util', ['-i', bundle, '-d', database, '-W', 'x']);

  const capture = join(folder, 'selfserv.pcapng');
  const recording = join(folder, 'selfserv.cbor');
  const port = await freePort();
  const command = [
    'selfserv',
    '-n',
    'localhost',
    '-e',
    'localhost',
    '-d',
    database,
    '-p',
    `${port}`,
  ];
  const destinations = ['-w', capture, '-w', recording];
  const [node, ...words] = plaincapWords('capture', ...destinations, '--', ...command, '-v');
  const program = new Program(node, words);
  await program.says('About to call accept');
  const urls = ['/a', '/b', '/c'].map((path) => `https://localhost:${port}${path}`);
  // Its body is the request, without a length.
  const answers = await askByCurl(urls);
  program.kill('SIGTERM');
  await program.ended;

  expect(await readRequestUris(capture)).toEqual(urls);
  expect(await readUnknownConnections(capture)).toEqual([]);
  const calls = await readCalls(recording);
  expect(bytesOf(calls, 'write')).toEqual(Buffer.concat(answers.map(({ bytes }) => bytes)));
  const writes = calls.filter(({ direction }) => direction === 'write');
  expect(writes.map((call) => call.function)).toEqual(urls.map(() => 'PR_Writev'));
  const told: string[] = [];
  await readEvents(recording, (event) => {
    if (event.kind === 'connection') told.push(`${event.role} of ${event.remotePort}`);
    // With an RST, if what the client said last was not read.
    if (event.kind === 'close') told.push(`closed by ${event.by}`);
  });
  expect(told).toEqual(
    answers.flatMap(({ clientPort }) => [`server of ${clientPort}`, 'closed by local']),
  );
});

describe('a program that calls NSPR', () => {
  const BODY_BYTES = 200_000;
  /** With the heads of the requests, and the body of the last. */
  const WRITTEN_BYTES = 4 * BODY_BYTES + 76 + 64 + 66 + 68 + 62 + 5;
  const UNTOLD = join(folder, 'untold');

  function command(): string[] {
    const program = compile('nspr-calls', folder, [...HEADERS, ...LIBRARIES]);
    return [program, `${server.port}`, `${BODY_BYTES}`, UNTOLD];
  }

  it('has each byte of TLS once, and nothing of files, pipes and other layers', async () => {
    const capture = join(folder, 'nspr.pcapng');
    const recording = join(folder, 'nspr.cbor');
    const printed = await captureCommand([capture, recording], command());
    const paths = ['/write?bytes=5000', '/send', '/writev', '/transmit', '/covered'];
    expect(server.received.map(({ path }) => path)).toEqual(paths);
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ client, uri }) => [client, uri])).toEqual(
      server.received.map(({ client, path }) => [client, `https://localhost${path}`]),
    );
    const bodies = [...(await exportHttpObjects(capture)).values()];
    const long = bodies.filter(({ length }) => length === BODY_BYTES).map(sha256);
    expect(long).toEqual(server.received.slice(0, 4).map(({ bodySha256 }) => bodySha256));
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);

    const calls = await readCalls(recording);
    expect(bytesOf(calls, 'read').toString()).toBe(printed);
    const writes = calls.filter(({ direction }) => direction === 'write');
    expect(writes.map((call) => [call.function, call.length])).toEqual([
      ['PR_Write', 76],
      ['PR_Write', BODY_BYTES],
      ['PR_Send', 64],
      ['PR_Send', BODY_BYTES],
      ['PR_Writev', 66 + BODY_BYTES],
      ['PR_Writev', 68 + BODY_BYTES], // by PR_TransmitFile
      ['PR_Write', 62],
      ['PR_Write', 5],
    ]);
    expect(bytesOf(calls, 'write').includes('untold')).toBe(false);
    const ends: unknown[] = [];
    await readEvents(recording, (event) => {
      if (event.kind !== 'session-end') return;
      ends.push([event.readPosition, event.writePosition]);
    });
    expect(ends).toEqual([[bytesOf(calls, 'read').length, WRITTEN_BYTES]]);
  });

  it('is told in full what of an array of buffers did not fit into the ring', async () => {
    const capture = join(folder, 'small-ring.pcapng');
    const { code, stdout, stderr } = await plaincap([
      ...['capture', '-B', '64', '-w', capture, '--'],
      ...command(),
    ]);
    expect(code).toBe(0);
    const [, bytes, lost] =
      / (\d+) bytes; (\d+) bytes lost \(ring-full: (\d+) bytes of \d+ calls?\)\n$/.exec(stderr) ??
      [];
    expect(Number(lost)).toBeGreaterThan(BODY_BYTES);
    expect(Number(bytes) + Number(lost)).toBe(WRITTEN_BYTES + stdout.length);
  });
});
