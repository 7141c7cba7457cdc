import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeCertificate } from '../kernel/certificate.ts';
import { startPlaincap } from '../kernel/plaincap.ts';
import { PrivateOpenssl } from '../kernel/private-openssl.ts';
import { succeed } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Comparison, compare, type Measured } from './comparison.ts';
import { Floor } from './probed-library.ts';
import { report } from './report.ts';
import { IS_TRIAL, ROUNDS, SECONDS } from './scale.ts';
import { Sslsniff } from './sslsniff.ts';
import { watchToEnd } from './watched-process.ts';

const folder = temporaryFolder();

/** Of ssl-loop's line: calls, bytes, seconds, CPU seconds. */
function measured(line: string, note = ''): Measured {
  const [calls = 0, , seconds = 0, cpu = 0] = line.trim().split(' ').map(Number);
  const microseconds = ((cpu / calls) * 1e6).toFixed(1);
  return { value: calls / seconds, note: `${microseconds} µs of CPU a call${note}` };
}

it('SSL_write and SSL_read', async () => {
  const { key, cert } = makeCertificate(folder);
  const openssl = new PrivateOpenssl(folder);
  const floor = new Floor(folder);
  const { entries, planned } = openssl.offsets();
  const loop = join(folder, 'ssl-loop');
  const source = join(import.meta.dirname, 'ssl-loop.c');
  execFileSync('gcc', ['-O2', '-o', loop, source, '-lssl', '-lcrypto', '-lpthread']);

  const sniffer = Sslsniff.path ? new Sslsniff(folder, openssl.path) : undefined;

  const comparisons: Comparison[] = [];
  for (const bytes of IS_TRIAL ? [1024] : [64, 1024, 16_384, 1_048_576]) {
    const command: [string, ...string[]] = [loop, key, cert, `${bytes}`, `${SECONDS}`];
    const bare = async () => {
      const line = await succeed(command[0], command.slice(1), { env: openssl.env });
      return measured(`${line}`);
    };
    const captured = async () => {
      const words = ['capture', '-w', join(folder, 'loop.pcapng'), '--', ...command];
      const capture = startPlaincap(words, { env: openssl.env });
      const { cpu } = await watchToEnd(capture);
      const { code, stderr, stdout } = await capture.ended;
      expect(code, stderr).toBe(0);
      const [lost] = /\d+ bytes? lost/.exec(stderr) ?? [];
      return measured(`${stdout}`, `; ${lost}, plaincap ${cpu.toFixed(1)} s of CPU`);
    };
    comparisons.push(
      await compare(
        { workload: `SSL_write, SSL_read of ${bytes} bytes`, unit: 'calls/s', rounds: ROUNDS },
        {
          bare,
          'empty probes at the entries': () => floor.attached(openssl.path, entries, bare),
          "empty probes at plaincap's places": () => floor.attached(openssl.path, planned, bare),
          ...(sniffer && { sslsniff: () => sniffer.attached(bare) }),
          plaincap: captured,
        },
      ),
    );
  }
  report('Cost of a call', comparisons);
});
