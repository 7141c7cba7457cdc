import type { Event } from '../event.ts';
import type { FileForm } from '../flow/file-form.ts';
import { limitHeapGrowth } from '../heap-growth.ts';
import { loadUsableAddon } from '../native/addon.ts';
import { type ByteSource, FileSource, StreamSource } from '../recording/byte-source.ts';
import { CountedSource } from '../recording/counted-source.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { type RecordingEnd, RecordingReader } from '../recording/recording-reader.ts';
import type { Destination } from '../sink/destination-name.ts';
import { Tally } from '../summary.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { type Loudness, Voice } from '../terminal/voice.ts';
import type { TextStyle } from '../text/text-style.ts';
import { EventOutputs } from './event-outputs.ts';
import { refuseOverwriting } from './overwriting.ts';

/** Names stdin. */
const STDIN = '-';

export interface ReplayOptions {
  /** What it is called, for messages. */
  readonly done: 'exported' | 'printed';
  readonly loudness: Loudness;
  /** Of the texts among the destinations. */
  readonly style?: TextStyle;
  /** Of the pcapng files among them. */
  readonly form?: FileForm;
}

/**
 * Writes a recording to the destinations. None of them is touched before its header is read.
 *
 * @returns the exit code
 * @throws UserError also when the recording is not whole: all that is before that is written.
 */
export async function replay(
  recording: string,
  destinations: readonly Destination[],
  { done, loudness, style, form }: ReplayOptions,
): Promise<number> {
  limitHeapGrowth();
  const source = new CountedSource(await openSource(recording));
  const reader = await RecordingReader.open(source, loadUsableAddon()?.decodeDataItems);
  refuseOverwriting(recording === STDIN ? process.stdin.fd : recording, destinations);
  const outputs = await EventOutputs.open(destinations, reader.header, style, form);
  const tally = new Tally();
  // What is on stdout may come to the same terminal, through a pipe as well.
  const voice = new Voice(
    loudness,
    destinations.every(({ path }) => path !== undefined),
  );
  const startMs = performance.now();
  voice.startStatus(() => progressLine(done, source, performance.now() - startMs));
  try {
    await deliverAll(reader, outputs, tally);
  } catch (error) {
    await outputs.end().catch(() => {});
    throw error;
  } finally {
    voice.endStatus();
  }
  const summary = await outputs.end();
  await source.close();
  // Nobody reads stdout any more: that is no failure, and nothing to talk about.
  if (!outputs.open) return 0;
  voice.say(tally.line(summary));
  requireWhole(source.name, reader.end, done);
  return 0;
}

async function openSource(recording: string): Promise<ByteSource> {
  return recording === STDIN
    ? new StreamSource('stdin', process.stdin)
    : FileSource.open(recording);
}

async function deliverAll(
  reader: RecordingReader,
  outputs: EventOutputs,
  tally: Tally,
): Promise<void> {
  const handle = (event: Event): void => {
    tally.handle(event);
    outputs.handle(event);
  };
  while (outputs.open && (await reader.deliver(handle))) await outputs.drained();
}

function requireWhole(name: string, end: RecordingEnd | undefined, done: string): void {
  if (end?.kind === 'cut-off') {
    throw new RecordingError(
      `${name}: cut off: the last ${end.bytesLeft} bytes, from offset ${end.offset} on, ` +
        'are no whole event',
    );
  }
  if (end?.kind === 'damaged') {
    throw new RecordingError(
      `${name}: damaged at offset ${end.offset}: ${end.reason}; what follows was not ${done}`,
    );
  }
}
