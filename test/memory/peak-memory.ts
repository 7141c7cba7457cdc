import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { ChunkOutput } from '../../src/sink/chunk-output.ts';
import { FileSink } from '../../src/sink/file-sink.ts';
import { HEADER } from '../recording/recorded.ts';
import { CLI } from '../run-plaincap.ts';
import { type GeneratedOptions, generatedConnections } from './generated-connections.ts';

const DRAIN_EACH = 10_000;

/** Writes a recording of generated connections. */
export async function writeRecording(path: string, options: GeneratedOptions): Promise<void> {
  const output = new ChunkOutput(new FileSink(await open(path, 'w'), path, () => 0));
  const writer = new RecordingWriter(HEADER, output);
  let events = 0;
  for (const event of generatedConnections(options)) {
    writer.handle(event);
    if (++events % DRAIN_EACH === 0) await output.drained();
  }
  await output.end();
}

const TELL = 'process.on("exit", () => console.error("peak", process.resourceUsage().maxRSS))';

/** Runs the real command line; its stdout goes nowhere. Returns the most memory it had, in MB. */
export function peakOf(...command: string[]): number {
  const args = ['--import', `data:text/javascript,${encodeURIComponent(TELL)}`, CLI];
  const { status, stderr } = spawnSync(process.execPath, [...args, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const peakKiB = /^peak (\d+)$/m.exec(stderr)?.[1];
  if (status !== 0 || peakKiB === undefined) throw new Error(`exit code ${status}: ${stderr}`);
  return (Number(peakKiB) * 1024) / 1e6;
}
