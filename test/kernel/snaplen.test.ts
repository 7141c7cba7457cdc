import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { bodyOf } from './node-server.ts';
import { plaincap } from './plaincap.ts';
import { type RecordedCall, readCalls } from './recorded-calls.ts';
import { exportHttpObjects, NO_RESETS, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const capture = join(folder, 'cut.pcapng');
const recording = join(folder, 'cut.cbor');
const SNAPLEN = 1000;

/** Captures a command, and requires that nothing is lost and that the last line tells what is cut. */
async function captureCut(flags: readonly string[], command: readonly string[]): Promise<void> {
  const files = ['-w', capture, '-w', recording];
  const words = ['capture', '-s', `${SNAPLEN}`, ...flags, ...files, '--', ...command];
  const { code, stderr } = await plaincap(words);
  expect(code).toBe(0);
  // In HTTP/2, what was captured of a frame may be left out if its header was cut off.
  const line = / 0 bytes lost(?:, \d+ bytes left out)?, (\d+) bytes cut off by --snaplen\n$/;
  const cut = line.exec(stderr)?.[1];
  const calls = await readCalls(recording);
  for (const { bytes, length } of calls) expect(bytes).toHaveLength(Math.min(length, SNAPLEN));
  expect(`${calls.reduce((sum, call) => sum + cutOff(call), 0)}`).toBe(cut);
}

function cutOff({ length, bytes }: RecordedCall): number {
  return length - bytes.length;
}

it('-s cuts calls, and every request and answer is there all the same', async () => {
  const long = randomBytes(300_000);
  const site = await NginxSite.write(folder, makeCertificate(folder), {
    files: { long, 'a.txt': Buffer.from('a') },
  });
  await startNginx(site);
  const script = `
    curl -sk --http1.1 $1/long -o /dev/null $1/a.txt -o /dev/null $1/missing -o /dev/null
    curl -sk --http2 $1/long?h2 -o /dev/null $1/a.txt?h2 -o /dev/null
  `;
  await captureCut([], ['sh', '-ec', script, 'sh', site.url('')]);
  const shown = [...(await readHttp1Exchanges(capture)), ...(await readHttp2Exchanges(capture))];
  expect(shown.map(({ client, uri, status }) => `${client} ${uri} ${status}`)).toEqual(
    site.logged().map(({ client, path, status }) => `${client} ${site.url(path)} ${status}`),
  );
  expect(shown).toHaveLength(5);
  expect(await readWarnings(capture, NO_RESETS)).toEqual([]);

  // Whole by its length, with what was captured of it at its places.
  const body = (await exportHttpObjects(capture)).get('long') as Buffer;
  expect(body).toHaveLength(long.length);
  expect(body.every((byte, at) => byte === 0 || byte === long[at])).toBe(true);
  expect(body.filter((byte) => byte !== 0).length).toBeGreaterThan(10 * (SNAPLEN / 2));

  const exported = join(folder, 'exported.pcapng');
  await plaincap(['export', recording, '-w', exported]);
  expect(readFileSync(exported).equals(readFileSync(capture))).toBe(true);

  const { stdout } = await plaincap(['print', recording]);
  expect(stdout.toString()).toMatch(/^----- END DATA \(1000 of \d+ bytes: --snaplen\) -----$/m);
  expect(stdout.toString()).not.toMatch(/lost/i);
});

it('-s cuts calls on plain sockets', async () => {
  const plain = createServer((request, response) => {
    request.resume().once('end', () => response.end(bodyOf(request.url ?? '')));
  });
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const url = `http://127.0.0.1:${(plain.address() as AddressInfo).port}`;
  const paths = ['/1?bytes=100000', '/2?bytes=3'];
  const words = paths.flatMap((path) => ['-o', '/dev/null', `${url}${path}`]);
  await captureCut(['--plain'], ['curl', '-s', '-d', 'u'.repeat(50_000), ...words]);
  plain.close();
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ uri, status }) => [uri, status])).toEqual(
    paths.map((path) => [`${url}${path}`, 200]),
  );
  expect(await readWarnings(capture)).toEqual([]);
});
