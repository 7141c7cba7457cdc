import { closeSync, openSync, writeSync } from 'node:fs';
import { type CaptureHeader, type Event, emptyDataEvent } from '../../src/event.ts';
import { DEFAULT_FORM } from '../../src/flow/file-form.ts';
import { BOUNDARIES, createEventWriter } from '../../src/output/event-writer.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { ChunkOutput } from '../../src/sink/chunk-output.ts';
import { openDestination, parseDestination } from '../../src/sink/destination.ts';
import { PLAIN_STYLE } from '../../src/text/text-style.ts';

const CHUNK_BYTES = 8 * 1024 * 1024;

/** Bytes that look like nothing that plaincap knows: a text that is no HTTP. */
const TEXT = Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(400));

export interface RecordingPlan {
  /** Of payload, in all. */
  bytes: number;
  /** Of payload, each event; at most 16 KiB. */
  eventBytes: number;
  connections?: number;
}

const HEADER: CaptureHeader = {
  plaincapVersion: 'bench',
  hostname: 'bench',
  kernel: 'Linux',
  start: { epochNs: 1_790_000_000_000_000_000n, ktimeNs: 1_000_000_000n },
  connectionSource: 'kprobe',
};

/** Writes a recording of one process whose connections write and read in turn. */
export function makeRecording(path: string, plan: RecordingPlan): void {
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let used = 0;
  const flush = () => {
    writeSync(file, chunk, 0, used);
    used = 0;
  };
  const output = {
    bytes: chunk,
    reserve(length: number): number {
      if (used + length > chunk.length) flush();
      used += length;
      return used - length;
    },
  };
  const { handle } = new RecordingWriter(HEADER, output);
  for (const event of eventsOf(plan)) handle(event);
  flush();
  closeSync(file);
}

/** The data events are one object, again and again. */
function* eventsOf({ bytes, eventBytes, connections = 1 }: RecordingPlan): Generator<Event> {
  const pid = 4711;
  yield { kind: 'process', ktimeNs: 0, pid, comm: 'bench', exe: '/usr/bin/bench', uid: 0 };
  const data = { ...emptyDataEvent(), pid, tid: pid, payload: TEXT, durationNs: 5000 };
  const eventsEach = Math.max(1, Math.round(bytes / eventBytes / connections));
  let ktimeNs = 0;
  for (let id = 1; id <= connections; id++) {
    yield* opening(id, pid, ktimeNs);
    const positions = { read: 0, write: 0 };
    for (let n = 0; n < eventsEach; n++) {
      const direction = n % 2 === 0 ? 'write' : 'read';
      ktimeNs += 1000;
      data.ktimeNs = ktimeNs;
      data.session = id;
      data.direction = direction;
      data.function = direction === 'write' ? 'SSL_write' : 'SSL_read';
      data.position = positions[direction];
      data.originalLength = eventBytes;
      data.capturedLength = eventBytes;
      data.payloadStart = n % 45;
      positions[direction] += eventBytes;
      yield data;
    }
    yield {
      kind: 'session-end',
      ktimeNs,
      session: id,
      readPosition: positions.read,
      writePosition: positions.write,
    };
    yield {
      kind: 'close',
      ktimeNs,
      connection: id,
      cause: 'fin',
      by: 'local',
      readable: false,
      finBy: 'local',
      finKtimeNs: ktimeNs,
    };
  }
}

/** Writes the same events to a pcapng file, as a capture does. */
export async function writeEvents(path: string, plan: RecordingPlan): Promise<void> {
  const sink = await openDestination(parseDestination(path), BOUNDARIES.pcapng);
  const output = new ChunkOutput(sink);
  const { handle, end } = createEventWriter(
    { format: 'pcapng', header: HEADER, style: PLAIN_STYLE, form: DEFAULT_FORM },
    output,
  );
  for (const event of eventsOf(plan)) {
    handle(event);
    if (output.saturated) await output.drained();
  }
  end();
  await output.end();
}

function* opening(id: number, pid: number, ktimeNs: number): Generator<Event> {
  yield {
    kind: 'connection',
    ktimeNs,
    connection: id,
    localAddress: Uint8Array.of(10, (id >> 16) & 255, (id >> 8) & 255, id & 255),
    remoteAddress: Uint8Array.of(10, 255, 0, 1),
    localPort: 1024 + (id % 60_000),
    remotePort: 4433,
    role: 'client',
    netns: 1,
    seenOpening: true,
  };
  yield {
    kind: 'session',
    ktimeNs,
    session: id,
    pid,
    protocol: 'tls',
    library: '/usr/lib/libssl.so.3',
    connection: id,
    evidence: 'set-fd',
  };
}
