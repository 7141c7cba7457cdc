import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { NodeServer } from './node-server.ts';
import { plaincap, startPlaincap } from './plaincap.ts';
import { succeed } from './program.ts';
import { readCalls } from './recorded-calls.ts';

const folder = temporaryFolder();
const disk = join(folder, 'disk');
const certificate = makeCertificate(folder);
const DISK_BYTES = 1024 * 1024;

describe('a full disk', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(certificate);
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
  });

  afterEach(() => {
    for (const name of readdirSync(disk)) rmSync(join(disk, name));
  });

  function path(marker: string, number: number | string): string {
    return `/${marker}/${number}?bytes=100000`;
  }

  /** 40 requests with 100 KB each: four disks. */
  function curl(marker: string): string[] {
    return ['curl', '-sk', '--http1.1', server.url(path(marker, '[1-40]'))];
  }

  it.each(['pcapng', 'cbor'])('ends a .%s file cleanly, and the command runs on', async (kind) => {
    const file = join(disk, `full.${kind}`);
    const { code, stderr } = await plaincap(['capture', '-w', file, '--', ...curl(kind)]);
    const { size } = statSync(file);
    expect(stderr).toBe(
      `plaincap: ${file}: no space left on device (ENOSPC); its first ${size} bytes are readable\n`,
    );
    expect(code).toBe(1);
    expect(size).toBeGreaterThan(DISK_BYTES / 2);
    expect(server.received.filter(({ path }) => path.startsWith(`/${kind}/`))).toHaveLength(40);
    if (kind === 'pcapng') {
      await succeed('capinfos', [file]);
      const uris = await readRequestUris(file);
      expect(uris.length).toBeGreaterThan(5);
      expect(uris).toEqual(uris.map((_, index) => server.url(path(kind, index + 1))));
    } else {
      expect((await readCalls(file)).length).toBeGreaterThan(5);
    }
  });

  it('ends a capture that has no command', async () => {
    const file = join(disk, 'server.pcapng');
    const site = await NginxSite.write(folder, certificate, {
      files: { 'large.bin': Buffer.alloc(2 * DISK_BYTES) },
    });
    const nginx = await startNginx(site);
    const capture = startPlaincap(['capture', '--pid', `${nginx.pid}`, '-w', file]);
    await capture.says('capturing');
    await succeed('curl', ['-sk', '--http1.1', '-o', '/dev/null', site.url('/large.bin')]);
    const { code, stderr } = await capture.ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^plaincap: capturing [^\n]+\nplaincap: .* no space left [^\n]+\n$/);
    expect(await readRequestUris(file)).toEqual([site.url('/large.bin')]);
  });

  it('ends one file and not the other', async () => {
    const files = [join(disk, 'full.pcapng'), join(folder, 'other.pcapng')] as const;
    const destinations = files.flatMap((file) => ['-w', file]);
    const { code, stderr } = await plaincap(['capture', ...destinations, '--', ...curl('both')]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^plaincap: .*full\.pcapng: no space left [^\n]*\n$/),
    });
    expect(await readHttp1Exchanges(files[1])).toHaveLength(40);
  });
});
