import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { plaincap } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { succeed } from './program.ts';

const folder = temporaryFolder();
const disk = join(folder, 'disk');
const DISK_BYTES = 1024 * 1024;

describe('a full disk', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'none', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
  });

  /** 40 requests with 100 KB each: about four disks. */
  function curl(marker: string): string[] {
    return ['curl', '-sk', '--http1.1', server.url(`/${marker}/[1-40]?bytes=100000`)];
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
      await expect(readHttp1Exchanges(file)).resolves.toContainEqual(
        expect.objectContaining({ uri: server.url('/pcapng/1?bytes=100000'), status: 200 }),
      );
    } else {
      expect((await readCalls(file)).length).toBeGreaterThan(5);
    }
    execFileSync('rm', [file]);
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
