import type { CaptureHeader, DataEvent } from '../../src/event.ts';
import { FileSource } from '../../src/recording/byte-source.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';

/** A call of the library that moved bytes. */
export interface RecordedCall extends Pick<DataEvent, 'pid' | 'direction' | 'function'> {
  length: number;
}

/** The calls that a recording tells of. Rejects if it is not whole. */
export async function readCalls(recording: string): Promise<RecordedCall[]> {
  const source = await FileSource.open(recording);
  try {
    const reader = await RecordingReader.open(source);
    const calls: RecordedCall[] = [];
    let more = true;
    while (more) {
      more = await reader.deliver((event) => {
        if (event.kind !== 'data' || event.callOffset !== 0) return;
        const { pid, direction, function: name, originalLength } = event;
        calls.push({ pid, direction, function: name, length: originalLength });
      });
    }
    if (reader.end?.kind !== 'whole') throw new Error(`${recording}: ${reader.end?.kind}`);
    return calls;
  } finally {
    await source.close();
  }
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
