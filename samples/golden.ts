import { writeFileSync } from 'node:fs';
import type { Summary } from '../src/flow/summary.ts';
import { createPcapngPipeline } from '../src/pipeline.ts';
import { type ByteSource, FileSource } from '../src/recording/byte-source.ts';
import { type RecordingEnd, RecordingReader } from '../src/recording/recording-reader.ts';
import { ChunkOutput } from '../src/sink/chunk-output.ts';
import type { Sink, WriteOutcome } from '../src/sink/sink.ts';
import { createPrinter } from '../src/text/printer.ts';
import { PLAIN_STYLE } from '../src/text/text-style.ts';
import type { Sample } from './sample.ts';
import { type TableName, tableArguments } from './tables.ts';
import { tshark } from './tshark.ts';

/** What became of a recording. */
export interface Exported {
  pcapng: Buffer;
  summary: Summary;
  end: RecordingEnd | undefined;
}

/** Keeps what is written. */
class MemorySink implements Sink {
  readonly #chunks: Uint8Array[] = [];

  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    this.#chunks.push(chunk.slice());
    return 'written';
  }

  async end(): Promise<void> {}

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** A recording's way through the pipeline, as `plaincap export` sends it, into memory. */
export async function exportRecording(source: ByteSource): Promise<Exported> {
  const exported = new MemorySink();
  const output = new ChunkOutput(exported);
  const reader = await RecordingReader.open(source);
  const pipeline = createPcapngPipeline(reader.header, output);
  while (await reader.deliver(pipeline.handle)) await output.drained();
  const summary = pipeline.end();
  await output.end();
  return { pcapng: exported.bytes(), summary, end: reader.end };
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

/** What `plaincap print` shows of a sample, and the command that shows it, if there is a golden. */
export async function printedText({ name, text }: Sample): Promise<string | undefined> {
  if (text === undefined) return undefined;
  // The same times on every machine.
  process.env.TZ = 'UTC';
  const printed = new MemorySink();
  const source = await FileSource.open(`samples/${name}.cbor`);
  const reader = await RecordingReader.open(source);
  const style = { ...PLAIN_STYLE, ...Object.fromEntries(text.map((option) => [option, true])) };
  const output = new ChunkOutput(printed);
  const printer = createPrinter(reader.header, output, style);
  while (await reader.deliver(printer.handle)) await output.drained();
  printer.end();
  await output.end();
  await source.close();
  const options = text.map((option) => ` --${option}`).join('');
  return `$ TZ=UTC plaincap print ${name}.cbor${options}\n${printed.bytes()}`;
}

/** For a shell. */
function quote(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word}'`;
}

/** Writes NAME.pcapng, NAME.tshark.txt, and NAME.print.txt where there is one, from NAME.cbor. */
export async function makeGolden(sample: Sample): Promise<void> {
  const source = await FileSource.open(`samples/${sample.name}.cbor`);
  const { pcapng } = await exportRecording(source);
  await source.close();
  const path = `samples/${sample.name}.pcapng`;
  writeFileSync(path, pcapng);
  writeFileSync(`samples/${sample.name}.tshark.txt`, tsharkText(sample, path));
  const printed = await printedText(sample);
  if (printed !== undefined) writeFileSync(`samples/${sample.name}.print.txt`, printed);
}
