import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { plaincapWords } from './plaincap.ts';
import { Program } from './program.ts';
import { readCalls } from './recorded-calls.ts';

/** TLS 1.3 lets a client that was here before send data with its first message (RFC 8446, 2.3). */

const folder = temporaryFolder();
const EARLY = 'with the first message\n';
const LATER = 'when all is agreed on\n';
const early = join(folder, 'early');

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate(folder);
  writeFileSync(early, EARLY);
});

function startCapture(recording: string, command: readonly string[]): Program {
  const [node, ...words] = plaincapWords('capture', '-w', recording, '--', ...command);
  return new Program(node, words, { typed: true });
}

/** Function and bytes of each call that moved data in the direction. */
async function readTold(recording: string, direction: 'read' | 'write'): Promise<string[][]> {
  const calls = (await readCalls(recording)).filter((call) => call.direction === direction);
  return calls.map((call) => [call.function, call.bytes.toString()]);
}

it('has the early data of OpenSSL, at both ends', async () => {
  const port = await freePort();
  const { key, cert } = certificate;
  const files = ['-key', key, '-cert', cert];
  const heard = join(folder, 'openssl-server.cbor');
  // A ticket that its client does not read would end the server.
  const serverFlags = ['-accept', `${port}`, '-early_data', '-naccept', '2', '-num_tickets', '1'];
  const server = startCapture(heard, ['openssl', 's_server', ...files, ...serverFlags]);
  await server.prints('ACCEPT');

  const session = freshPath(folder, 'session');
  const connect = ['s_client', '-connect', `127.0.0.1:${port}`];
  const first = new Program('openssl', [...connect, '-sess_out', session], { typed: true });
  while (!existsSync(session)) await delay(10); // Its stdout is kept until it ends.
  first.type('Q\n');
  await first.ended;

  const said = join(folder, 'openssl-client.cbor');
  const again = ['-sess_in', session, '-early_data', early];
  const client = startCapture(said, ['openssl', ...connect, ...again]);
  await client.prints('Early data was accepted');
  client.type(LATER);
  await server.prints(LATER);
  client.type('Q\n');
  expect((await client.ended).code).toBe(0);
  expect((await server.ended).code).toBe(0);

  expect(await readTold(said, 'write')).toEqual([
    ['SSL_write_early_data', EARLY],
    ['SSL_write', LATER],
  ]);
  expect(await readTold(heard, 'read')).toEqual([
    ['SSL_read_early_data', EARLY],
    ['SSL_read', LATER],
  ]);
});

it('has the early data of GnuTLS once, at both ends', async () => {
  const port = await freePort();
  const { key, cert } = certificate;
  const files = ['--x509keyfile', key, '--x509certfile', cert];
  const heard = join(folder, 'gnutls-server.cbor');
  const serverFlags = ['--echo', '-a', '-p', `${port}`, '--earlydata', '--maxearlydata', '16384'];
  const server = startCapture(heard, ['gnutls-serv', ...files, ...serverFlags]);
  await server.says('IPv6 :: port');

  const said = join(folder, 'gnutls-client.cbor');
  const target = ['--insecure', '-p', `${port}`, '127.0.0.1'];
  const resumption = ['--resume', '--waitresumption', '--earlydata', early];
  const client = startCapture(said, ['gnutls-cli', ...target, ...resumption]);
  await client.prints('This is a resumed session');
  client.type(LATER);
  await server.says(LATER);
  client.kill('SIGTERM');
  await client.ended;
  server.kill('SIGTERM');
  await server.ended;

  // By gnutls_handshake, which sends what gnutls_record_send_early_data was given.
  expect(await readTold(said, 'write')).toEqual([
    ['gnutls_record_send', EARLY],
    ['gnutls_record_send', LATER],
  ]);
  expect(await readTold(heard, 'read')).toEqual([
    ['gnutls_record_recv_early_data', EARLY],
    ['gnutls_record_recv', LATER],
  ]);
});
