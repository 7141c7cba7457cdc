import { closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { startPlaincap } from './plaincap.ts';
import { Program, succeed } from './program.ts';

const folder = temporaryFolder();
const LARGE_BYTES = 7_000_000;
let site: NginxSite;
let nginx: Program;
let count = 0;

beforeAll(async () => {
  const files = { 'large.bin': Buffer.alloc(LARGE_BYTES, 'a'), 'small.txt': Buffer.from('small') };
  site = await NginxSite.write(folder, makeCertificate(folder), { files });
  nginx = await startNginx(site);
});

async function makeFifo(): Promise<string> {
  const fifo = join(folder, `${count++}.fifo`);
  await succeed('mkfifo', [fifo]);
  return fifo;
}

/** With room for all that is sent, so that the kernel loses nothing. */
async function capture(...args: string[]): Promise<Program> {
  const flags = ['--pid', `${nginx.pid}`, '-B', '65536'];
  const plaincap = startPlaincap(['capture', ...flags, ...args]);
  await plaincap.says('capturing');
  return plaincap;
}

/** One connection for all of them. */
function curl(...paths: string[]): Promise<Buffer> {
  const urls = paths.flatMap((path) => ['-o', '/dev/null', site.url(path)]);
  return succeed('curl', ['-sk', '--http1.1', ...urls]);
}

/** Wireshark's own reader of live captures, into a file. */
function dumpcap(source: string): { program: Program; file: string } {
  const file = join(folder, `${count++}.pcapng`);
  return { program: new Program('dumpcap', ['-q', '-i', source, '-w', file]), file };
}

async function untilPackets(file: string): Promise<void> {
  // A header and an interface are less.
  while ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < 1500) await delay(20);
}

describe('a running capture', () => {
  it('is read on a FIFO and on TCP, by readers that come and go, beside a file', async () => {
    const fifo = await makeFifo();
    const file = join(folder, 'beside.pcapng');
    const plaincap = await capture('-w', fifo, '-w', file, '-w', 'tcp://127.0.0.1:0', '-U');
    const tcp = /TCP@\S+/.exec(plaincap.stderr)?.[0] ?? '';
    await curl('/small.txt?0');
    for (const round of [1, 2]) {
      const readers = [dumpcap(fifo), dumpcap(tcp)];
      for (const { program } of readers) await program.says('File:');
      await curl(`/small.txt?${round}`);
      for (const reader of readers) {
        await untilPackets(reader.file);
        reader.program.kill('SIGINT');
        expect((await reader.program.ended).code).toBe(0);
        expect(await readRequestUris(reader.file)).toEqual([site.url(`/small.txt?${round}`)]);
      }
    }
    plaincap.kill('SIGINT');
    const { code, stderr } = await plaincap.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/ bytes; 0 bytes lost$/m);
    const uris = (await readHttp1Exchanges(file)).map(({ uri }) => uri);
    expect(uris).toEqual([0, 1, 2].map((round) => site.url(`/small.txt?${round}`)));
  });

  it('goes on, and ends at once, while a reader stalls', async () => {
    const fifo = await makeFifo();
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = join(folder, 'stalled.pcapng');
    const plaincap = await capture('-w', fifo, '-w', file);
    await curl(...Array.from({ length: 4 }, (_, number) => `/large.bin?${number}`));
    plaincap.kill('SIGINT');
    const { code, stderr } = await plaincap.ended;
    closeSync(reader);
    expect(code).toBe(0);
    const [, missed] =
      / bytes; 0 bytes lost, (\d+) bytes missed by slow readers, 1 reader without the end$/m.exec(
        stderr,
      ) ?? [];
    expect(Number(missed)).toBeGreaterThan(LARGE_BYTES / 2);
    expect(await readHttp1Exchanges(file)).toHaveLength(4);
  });

  it('rotates its files', async () => {
    const file = join(folder, 'rotated.pcapng');
    const plaincap = await capture('-w', file, '-C', '10');
    await curl(...Array.from({ length: 4 }, (_, number) => `/large.bin?${number}`));
    plaincap.kill('SIGINT');
    expect((await plaincap.ended).stderr).toMatch(/ bytes; 0 bytes lost(, \d+ bytes left out)?$/m);
    const files = [file, `${file}1`, `${file}2`];
    const uris = await Promise.all(files.map(readRequestUris));
    expect(uris.flat()).toEqual([0, 1, 2, 3].map((number) => site.url(`/large.bin?${number}`)));
  });
});

it('a command waits for the reader of a FIFO, and is captured from its first byte', async () => {
  const fifo = await makeFifo();
  const url = site.url('/small.txt');
  const plaincap = startPlaincap(['capture', '-w', fifo, '--', 'curl', '-sk', '--http1.1', url]);
  await plaincap.says('waiting for the reader');
  const file = join(folder, 'waited.pcapng');
  await succeed('sh', ['-c', 'cat "$0" > "$1"', fifo, file]);
  const { code, stdout } = await plaincap.ended;
  expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: 'small' });
  expect((await readHttp1Exchanges(file)).map(({ uri }) => uri)).toEqual([url]);
});

it('a command that is ended while it waits for a reader ends the capture', async () => {
  const fifo = await makeFifo();
  const plaincap = startPlaincap(['capture', '-w', fifo, '--', 'true']);
  await plaincap.says('waiting for the reader');
  plaincap.kill('SIGTERM');
  expect((await plaincap.ended).code).toBe(143);
});
