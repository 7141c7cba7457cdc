import type { CaptureHeader, Event } from '../../src/event.ts';
import type { ByteSource } from '../../src/recording/byte-source.ts';
import type { DecodeDataItems } from '../../src/recording/data-run.ts';
import { type RecordingEnd, RecordingReader } from '../../src/recording/recording-reader.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { MemoryOutput } from './memory-output.ts';

export const HEADER: CaptureHeader = {
  plaincapVersion: '0.1.0',
  hostname: 'bench',
  kernel: 'Linux 6.1.0 x86_64',
  start: { epochNs: 1_763_690_000_123_456_789n, ktimeNs: 12_345_678_901_234n },
  connectionSource: 'kprobe',
};

/** A recording's bytes, and where in them the header and each item begin. */
export function record(events: readonly Event[]): { bytes: Uint8Array; starts: number[] } {
  const output = new MemoryOutput();
  const writer = new RecordingWriter(HEADER, output);
  for (const event of events) writer.handle(event);
  return { bytes: output.written, starts: output.starts };
}

/** All that a source's recording delivers; data events as `kept`. */
export async function replay(
  source: ByteSource,
  decodeItems?: DecodeDataItems,
): Promise<{ events: Event[]; end: RecordingEnd }> {
  const reader = await RecordingReader.open(source, decodeItems);
  const events: Event[] = [];
  while (await reader.deliver((event) => events.push(kept(event))));
  if (!reader.end) throw new Error('the reader does not know how the recording ended');
  return { events, end: reader.end };
}

/** An event that outlives its handler, and can be compared: its payload begins at 0. */
export function kept(event: Event): Event {
  if (event.kind !== 'data') return event;
  const { payload, payloadStart, capturedLength } = event;
  return {
    ...event,
    payload: Uint8Array.from(payload.subarray(payloadStart, payloadStart + capturedLength)),
    payloadStart: 0,
  };
}
