import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { plaincapWords } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { bytesOf, readCalls } from './recorded-calls.ts';
import { shownServer } from './shown-server.ts';

const folder = temporaryFolder();
const certificate = makeCertificate(folder);

it('has what openssl s_client says', async () => {
  const capture = join(folder, 's_client.pcapng');
  const recording = join(folder, 's_client.cbor');
  const server = await NodeServer.start(certificate);
  const client = ['openssl', 's_client', '-quiet', '-connect', `127.0.0.1:${server.port}`];
  const files = ['-w', capture, '-w', recording];
  const [node, ...words] = plaincapWords('capture', ...files, '--', ...client);
  const program = new Program(node, words, { typed: true });
  const request = 'GET /typed HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  program.type(request);
  const { code, stdout } = await program.ended;
  expect(code).toBe(0);
  const calls = await readCalls(recording);
  expect(bytesOf(calls, 'write').toString()).toBe(request);
  expect(bytesOf(calls, 'read').equals(stdout)).toBe(true);
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges).toMatchObject([
    {
      client: server.received[0]?.client,
      method: 'GET',
      uri: 'https://localhost/typed',
      status: 200,
      requestHeaders: { connection: 'close' },
      responseHeaders: { 'x-number': '1' },
    },
  ]);
});

it('has what openssl s_server hears and answers', async () => {
  const capture = join(folder, 's_server.pcapng');
  const port = await freePort();
  const { key, cert } = certificate;
  const server = ['openssl', 's_server', '-accept', `${port}`, '-key', key, '-cert', cert];
  const [node, ...words] = plaincapWords(
    'capture',
    '-w',
    capture,
    '--',
    ...server,
    '-naccept',
    '1',
  );
  const program = new Program(node, words, { typed: true });
  await program.prints('ACCEPT');
  const curl = succeed('curl', ['-sk', '--http1.1', `https://localhost:${port}/asked`]);
  await program.prints('GET /asked');
  program.type('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n');
  expect((await curl).toString()).toBe('hello\n');
  expect((await program.ended).code).toBe(0);
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges).toMatchObject([
    {
      server: shownServer('127.0.0.1', port, `${exchanges[0]?.client}`),
      interfaceName: expect.stringMatching(/^openssl \(\d+\)$/),
      uri: `https://localhost:${port}/asked`,
      status: 200,
      responseHeaders: { 'content-length': '6' },
    },
  ]);
});

// It reads and writes through a BIO of BIO_f_ssl(), which enters neither SSL_read nor SSL_write.
it('has what openssl s_server -www hears and answers', async () => {
  const recording = join(folder, 's_server-www.cbor');
  const port = await freePort();
  const { key, cert } = certificate;
  const server = ['openssl', 's_server', '-accept', `${port}`, '-key', key, '-cert', cert];
  const [node, ...words] = plaincapWords(
    'capture',
    ...['-w', recording, '--', ...server, '-www', '-naccept', '1'],
  );
  const program = new Program(node, words);
  await program.prints('ACCEPT');
  const body = await succeed('curl', ['-sk', '--http1.0', `https://localhost:${port}/status`]);
  expect((await program.ended).code).toBe(0);
  expect(body.toString()).toContain('s_server -accept');
  const calls = await readCalls(recording);
  expect(`${bytesOf(calls, 'read')}`).toMatch(/^GET \/status HTTP\/1.0\r\n/);
  expect(`${bytesOf(calls, 'write')}`).toBe(
    `HTTP/1.0 200 ok\r\nContent-type: text/html\r\n\r\n${body}`,
  );
  expect(new Set(calls.map((call) => call.function))).toEqual(new Set(['SSL_read', 'SSL_write']));
});
