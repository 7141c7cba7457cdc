import { RecordingReader } from '../../src/recording/recording-reader.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { MemoryOutput } from '../recording/memory-output.ts';
import { MemorySource } from '../recording/memory-source.ts';

/** An item of a recording. */
export interface Item {
  /** Where it begins. */
  start: number;
  /** Captured bytes of all data events before it. */
  payloadBytes: number;
}

/** Writes a recording's events to another one: what tells best where its items begin. */
export async function recordAgain(
  recording: Uint8Array,
): Promise<{ again: Uint8Array; items: Item[] }> {
  const output = new MemoryOutput();
  const reader = await RecordingReader.open(new MemorySource(recording));
  const writer = new RecordingWriter(reader.header, output);
  const items: Item[] = [];
  let payloadBytes = 0;
  const handle: typeof writer.handle = (event) => {
    writer.handle(event);
    // Two of them where a function's name comes before its first data event.
    for (const start of output.starts.slice(items.length + 1)) items.push({ start, payloadBytes });
    if (event.kind === 'data') payloadBytes += event.capturedLength;
  };
  while (await reader.deliver(handle));
  items.push({ start: output.written.length, payloadBytes });
  return { again: output.written, items };
}
