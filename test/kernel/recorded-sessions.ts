import type { DataEvent, Event, Role, SessionEndEvent, SessionEvent } from '../../src/event.ts';
import { FileSource } from '../../src/recording/byte-source.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';

type DataFacts = Pick<
  DataEvent,
  'pid' | 'direction' | 'function' | 'position' | 'callOffset' | 'originalLength'
>;

/** A session as a recording tells it. */
export interface RecordedSession
  extends Pick<SessionEvent, 'session' | 'pid' | 'protocol' | 'library' | 'evidence'> {
  /** Of its connection; 0 and `unknown` if that is not known. */
  localPort: number;
  remotePort: number;
  role: Role;
  data: (DataFacts & { bytes: Buffer })[];
  ended: SessionEndEvent | undefined;
}

/** The sessions of a recording, in the order of their begin. Rejects if it is not whole. */
export async function readSessions(recording: string): Promise<RecordedSession[]> {
  const sessions = new Map<number, RecordedSession>();
  const connections = new Map<number, Extract<Event, { kind: 'connection' }>>();
  await readEvents(recording, (event) => {
    if (event.kind === 'connection') connections.set(event.connection, event);
    if (event.kind === 'session') {
      const {
        localPort = 0,
        remotePort = 0,
        role = 'unknown',
      } = connections.get(event.connection) ?? {};
      const known = sessions.get(event.session);
      const ends = { localPort, remotePort, role };
      sessions.set(event.session, { data: [], ended: undefined, ...known, ...event, ...ends });
    }
    if (event.kind === 'data') {
      const { payload, payloadStart, capturedLength, ...facts } = event;
      const bytes = Buffer.from(payload.subarray(payloadStart, payloadStart + capturedLength));
      sessions.get(event.session)?.data.push({ ...facts, bytes });
    }
    const session = event.kind === 'session-end' && sessions.get(event.session);
    if (session) session.ended = event;
  });
  return [...sessions.values()];
}

/** All bytes that are there of one direction of a session. */
export function bytesOf({ data }: RecordedSession, direction: DataEvent['direction']): Buffer {
  return Buffer.concat(
    data.filter((each) => each.direction === direction).map(({ bytes }) => bytes),
  );
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
