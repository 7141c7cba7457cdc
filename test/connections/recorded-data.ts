import type { ConnectionEvent, DataEvent, Event } from '../../src/event.ts';
import { FileSource } from '../../src/recording/byte-source.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';

/** A data event with its connection: the one of its session then, or the first that it got later. */
export interface RecordedData extends Pick<DataEvent, 'session' | 'pid' | 'direction'> {
  bytes: Buffer;
  connection: ConnectionEvent | undefined;
}

/** The data events of a recording, in order. Rejects if it is not whole. */
export async function readData(recording: string): Promise<RecordedData[]> {
  const connections = new Map<number, ConnectionEvent>();
  const bound = new Map<number, ConnectionEvent>();
  const data: RecordedData[] = [];

  function bind(session: number, id: number): void {
    const connection = connections.get(id);
    if (connection === undefined) throw new Error(`no event told of connection ${id}`);
    const waiting = bound.has(session) ? [] : data.filter((each) => each.session === session);
    for (const each of waiting) each.connection = connection;
    bound.set(session, connection);
  }

  await readEvents(recording, (event) => {
    if (event.kind === 'connection') connections.set(event.connection, event);
    if (event.kind === 'session' && event.connection > 0) bind(event.session, event.connection);
    if (event.kind === 'data') {
      const { session, pid, direction } = event;
      data.push({ session, pid, direction, bytes: bytesOf(event), connection: bound.get(session) });
    }
  });
  return data;
}

function bytesOf({ payload, payloadStart, capturedLength }: DataEvent): Buffer {
  return Buffer.from(payload.subarray(payloadStart, payloadStart + capturedLength));
}

async function readEvents(recording: string, handle: (event: Event) => void): Promise<void> {
  const source = await FileSource.open(recording);
  try {
    const reader = await RecordingReader.open(source);
    while (await reader.deliver(handle));
    if (reader.end?.kind !== 'whole') throw new Error(`${recording}: ${reader.end?.kind}`);
  } finally {
    await source.close();
  }
}
