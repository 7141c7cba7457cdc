/**
 * Exports and prints a generated recording of short connections and says how much memory that took:
 *
 *     npm run memory [CONNECTIONS]
 *
 * A million of them, of 200,000 processes, a tenth of them without an end, must stay under 300 MB.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peakOf, writeRecording } from './peak-memory.ts';

const MOST_MB = 300;
const connections = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'plaincap-memory-'));
const recording = join(folder, 'connections.cbor');
try {
  await writeRecording(recording, { connections, processes: 200_000, endlessEach: 10 });
  for (const command of [
    ['export', recording, '-w', '/dev/null'],
    ['print', recording],
  ]) {
    const peakMb = peakOf(...command);
    const what = `${command[0]}, ${connections} connections, 1 of 10 without an end`;
    console.log(`${what}: ${peakMb.toFixed()} MB`);
    if (peakMb > MOST_MB) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
