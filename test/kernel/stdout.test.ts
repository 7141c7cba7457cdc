import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { plaincap, plaincapWords } from './plaincap.ts';
import { Program, run, succeed } from './program.ts';

const folder = temporaryFolder();

/** Two programs of which the first writes to the second, and says its exit code on stderr. */
function pipe(from: readonly string[], to: string): [string, string[]] {
  const script = `{ "$@"; echo "code $?" >&2; } | ${to}`;
  return ['sh', ['-c', script, 'sh', ...from]];
}

describe('a capture to stdout', () => {
  let site: NginxSite;
  let nginx: Program;

  beforeAll(async () => {
    const files = { 'large.bin': Buffer.alloc(3_000_000, 'a') };
    site = await NginxSite.write(folder, makeCertificate(folder), { files });
    nginx = await startNginx(site);
  });

  function curl(): string[] {
    return ['curl', '-sk', '--http1.1', '-o', '/dev/null', site.url('/large.bin')];
  }

  it('is the file and nothing else', async () => {
    const { code, stdout } = await plaincap(['capture', '-w', '-', '--', ...curl()]);
    expect(code).toBe(0);
    const capture = join(folder, 'stdout.pcapng');
    writeFileSync(capture, stdout);
    expect((await readHttp1Exchanges(capture)).map(({ uri }) => uri)).toEqual([
      site.url('/large.bin'),
    ]);
  });

  it('leaves what the command prints to stderr', async () => {
    const { code, stdout, stderr } = await plaincap(['capture', '-w', '-', '--', 'echo', 'heard']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^heard\nplaincap/),
    });
    expect(stdout.includes('heard')).toBe(false);
  });

  it('ends quietly when its reader leaves, with the exit code of the command', async () => {
    const command = ['sh', '-c', `${curl().join(' ')}; exit 3`];
    const words = plaincapWords('capture', '-w', '-', '--', ...command);
    const { stdout, stderr } = await run(...pipe(words, 'head -c 2000'));
    expect(stdout).toHaveLength(2000);
    expect(stderr).toBe('code 3\n');
  });

  it('ends quietly when its reader leaves, with 0 without a command', async () => {
    const words = plaincapWords('capture', '--pid', `${nginx.pid}`, '-w', '-');
    const pipeline = new Program(...pipe(words, 'head -c 2000'));
    await pipeline.says('capturing');
    const [command, ...args] = curl() as [string, ...string[]];
    await succeed(command, args);
    const { stdout, stderr } = await pipeline.ended;
    expect(stdout).toHaveLength(2000);
    expect(stderr).toMatch(/^plaincap: capturing [^\n]+\ncode 0\n$/);
  });

  it('goes to a FIFO likewise', async () => {
    const fifo = freshPath(folder, 'fifo');
    await succeed('mkfifo', [fifo]);
    const reader = run('cat', [fifo]);
    expect((await plaincap(['capture', '-w', fifo, '--', ...curl()])).code).toBe(0);
    const capture = join(folder, 'fifo.pcapng');
    writeFileSync(capture, (await reader).stdout);
    expect((await readHttp1Exchanges(capture)).map(({ uri }) => uri)).toEqual([
      site.url('/large.bin'),
    ]);
  });

  it('is read live by tshark', async () => {
    const words = plaincapWords('capture', '--pid', `${nginx.pid}`, '-w', '-');
    const tshark = 'tshark -n -l -i - -Y http.request -T fields -e http.request.full_uri';
    const pipeline = new Program(...pipe(words, tshark));
    await pipeline.says('Capturing on');
    await pipeline.says('capturing');
    const [command, ...args] = curl() as [string, ...string[]];
    await succeed(command, args);
    await pipeline.prints(site.url('/large.bin'));
    pipeline.killAll();
  });
});
