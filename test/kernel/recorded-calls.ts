import type { CaptureHeader, DataEvent, Event } from '../../src/event.ts';
import { FileSource } from '../../src/recording/byte-source.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';

/** A call of the library that moved bytes. */
export interface RecordedCall
  extends Pick<DataEvent, 'session' | 'pid' | 'direction' | 'function'> {
  length: number;
  /** Those that were captured. */
  bytes: Buffer;
}

/** Gives all events of a recording. Rejects if it is not whole. */
export async function readEvents(recording: string, handle: (event: Event) => void): Promise<void> {
  const source = await FileSource.open(recording);
  try {
    const reader = await RecordingReader.open(source);
    while (await reader.deliver(handle));
    if (reader.end?.kind !== 'whole') throw new Error(`${recording}: ${reader.end?.kind}`);
  } finally {
    await source.close();
  }
}

/** The calls that a recording tells of. Rejects if it is not whole. */
export async function readCalls(recording: string): Promise<RecordedCall[]> {
  const calls: RecordedCall[] = [];
  const last = new Map<string, RecordedCall>();
  await readEvents(recording, (event) => {
    if (event.kind !== 'data') return;
    const { session, pid, direction, function: name, originalLength: length } = event;
    const key = `${session} ${direction}`;
    let call = last.get(key);
    if (event.callOffset === 0 || call === undefined) {
      call = { session, pid, direction, function: name, length, bytes: Buffer.alloc(0) };
      last.set(key, call);
      calls.push(call);
    }
    const end = event.payloadStart + event.capturedLength;
    call.bytes = Buffer.concat([call.bytes, event.payload.subarray(event.payloadStart, end)]);
  });
  return calls;
}

/** What its calls moved in a direction, in order. */
export function bytesOf(calls: readonly RecordedCall[], direction: 'read' | 'write'): Buffer {
  return Buffer.concat(calls.filter((call) => call.direction === direction).map((c) => c.bytes));
}

/** What a recording tells of its capture. */
export async function readHeader(recording: string): Promise<CaptureHeader> {
  const source = await FileSource.open(recording);
  try {
    return (await RecordingReader.open(source)).header;
  } finally {
    await source.close();
  }
}
