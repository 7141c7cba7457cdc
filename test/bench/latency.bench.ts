import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { it } from 'vitest';
import { makeCertificate } from '../kernel/certificate.ts';
import { startPlaincap } from '../kernel/plaincap.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Comparison, compare } from './comparison.ts';
import { report } from './report.ts';
import { IS_TRIAL, ROUNDS, SECONDS } from './scale.ts';

const folder = temporaryFolder();
const EPB = 6;

/**
 * Of each packet that comes out of a FIFO, how long after its time, in ms: that is when the call
 * returned. Of the Enhanced Packet Blocks of one chunk, all have come when it has.
 */
async function readDelays(fifo: string): Promise<number[]> {
  const delays: number[] = [];
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(fifo)) {
    const nowNs = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6));
    rest = Buffer.concat([rest, chunk]);
    let at = 0;
    while (rest.length - at >= 8 && rest.length - at >= rest.readUInt32LE(at + 4)) {
      if (rest.readUInt32LE(at) === EPB) {
        const timeNs =
          (BigInt(rest.readUInt32LE(at + 12)) << 32n) | BigInt(rest.readUInt32LE(at + 16));
        delays.push(Number(nowNs - timeNs) / 1e6);
      }
      at += rest.readUInt32LE(at + 4);
    }
    rest = rest.subarray(at);
  }
  return delays.sort((a, b) => a - b);
}

it('latency', async () => {
  const { key, cert } = makeCertificate(folder);
  const loop = join(folder, 'ssl-loop');
  execFileSync('gcc', [
    ...['-O2', '-o', loop, join(import.meta.dirname, 'ssl-loop.c')],
    ...['-lssl', '-lcrypto', '-lpthread'],
  ]);
  const percentiles: Record<string, number> = { p50: 0.5, p99: 0.99 };
  const fifo = join(folder, 'live');
  execFileSync('mkfifo', [fifo]);
  const comparisons: Comparison[] = [];
  // 10,000 events a second: both ends are captured.
  for (const rate of IS_TRIAL ? [500] : [50, 5000]) {
    let delays: number[] = [];
    const percentile = (share: number) => delays[Math.floor(delays.length * share)] ?? Number.NaN;
    const run = async () => {
      const seconds = `${SECONDS}`;
      const reading = readDelays(fifo);
      const capture = startPlaincap([
        'capture',
        '-w',
        fifo,
        '--',
        loop,
        key,
        cert,
        '200',
        seconds,
        `${rate}`,
      ]);
      const { code, stderr } = await capture.ended;
      if (code !== 0) throw new Error(stderr);
      delays = await reading;
      return { value: percentile(percentiles.p50 as number), note: `${delays.length} packets` };
    };
    comparisons.push(
      await compare(
        { workload: `to the FIFO, ${2 * rate} events/s`, unit: 'ms', rounds: ROUNDS },
        { p50: run, p99: async () => ({ value: percentile(percentiles.p99 as number) }) },
      ),
    );
  }
  report('Latency', comparisons);
});
