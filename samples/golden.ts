import { writeFileSync } from 'node:fs';
import type { Summary } from '../src/flow/summary.ts';
import { createPcapngPipeline } from '../src/pipeline.ts';
import { type ByteSource, FileSource } from '../src/recording/byte-source.ts';
import { type RecordingEnd, RecordingReader } from '../src/recording/recording-reader.ts';
import { ChunkOutput } from '../src/sink/chunk-output.ts';
import type { Sample } from './sample.ts';
import { type TableName, tableArguments } from './tables.ts';
import { tshark } from './tshark.ts';

/** What became of a recording. */
export interface Exported {
  pcapng: Buffer;
  summary: Summary;
  end: RecordingEnd | undefined;
}

/** A recording's way through the pipeline, as `plaincap export` sends it, into memory. */
export async function exportRecording(source: ByteSource): Promise<Exported> {
  const chunks: Uint8Array[] = [];
  const output = new ChunkOutput({
    write: async (chunk) => {
      chunks.push(chunk.slice());
      return 'written';
    },
    end: async () => {},
  });
  const reader = await RecordingReader.open(source);
  const pipeline = createPcapngPipeline(reader.header, output);
  while (await reader.deliver(pipeline.handle)) await output.drained();
  const summary = pipeline.end();
  await output.end();
  return { pcapng: Buffer.concat(chunks), summary, end: reader.end };
}

/**
 * What tshark shows of a sample's capture: for each table the command that prints it, as one can
 * type it in the folder of samples, and its rows.
 */
export function tsharkText(sample: Sample, path: string): string {
  const tables: TableName[] = ['connections', ...sample.tables];
  return tables
    .map((table) => {
      const typed = tableArguments(table, `${sample.name}.pcapng`).map(quote).join(' ');
      return `$ tshark ${typed}\n${tshark(tableArguments(table, path))}`;
    })
    .join('\n');
}

/** For a shell. */
function quote(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word}'`;
}

/** Writes NAME.pcapng and NAME.tshark.txt from NAME.cbor. */
export async function makeGolden(sample: Sample): Promise<void> {
  const source = await FileSource.open(`samples/${sample.name}.cbor`);
  const { pcapng } = await exportRecording(source);
  await source.close();
  const path = `samples/${sample.name}.pcapng`;
  writeFileSync(path, pcapng);
  writeFileSync(`samples/${sample.name}.tshark.txt`, tsharkText(sample, path));
}
