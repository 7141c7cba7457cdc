import type { Event } from '../event.ts';
import { ChunkOutput } from '../sink/chunk-output.ts';
import type { SocketSink } from '../sink/socket-sink.ts';
import { NO_SHORTFALL, type Shortfall } from '../summary.ts';
import type { EventOutput } from './event-output.ts';
import type { EventFormat } from './event-writer.ts';
import { type CaptureSoFar, PartWriter } from './part-writer.ts';

/** What a reader may be behind: chunks, of a MiB each. */
const MAX_WAITING = 16;
/** What it must have caught up to before it gets data again: every gap costs it something. */
const ENOUGH_WAITING = 4;
/** At the capture's end, a reader that takes nothing for so long is not waited for. */
const PATIENCE_MS = 2000;

/** What destinations need whose readers come and go. */
export interface ReaderHooks {
  readonly soFar: CaptureSoFar;
  /** The capture ends when a reader leaves, and no other is there. */
  readonly once: boolean;
  /** Called when a reader has come. */
  readonly onReader: () => void;
  readonly endCapture: () => void;
}

/**
 * One who reads while the capture runs, from now on. Nobody waits for it: what it has no room for,
 * it misses, which is counted, and told where it is missing.
 */
export class LiveReader implements EventOutput {
  readonly beginsLate = false;
  readonly #sink: SocketSink;
  readonly #output: ChunkOutput;
  readonly #writer: PartWriter;
  #isBehind = false;

  constructor(sink: SocketSink, format: EventFormat, soFar: CaptureSoFar) {
    this.#sink = sink;
    this.#output = new ChunkOutput(sink, { maxWaiting: MAX_WAITING });
    this.#writer = new PartWriter(format, this.#output, soFar);
  }

  readonly handle = (event: Event): void => {
    if (this.#output.saturated) this.#isBehind = true;
    else if (this.#isBehind) this.#isBehind = this.#output.waiting > ENOUGH_WAITING;
    if (this.#isBehind) this.#writer.miss(event);
    else this.#writer.handle(event);
  };

  get stopped(): Promise<void> {
    return this.#output.stopped;
  }

  /** Bytes of plaintext that it missed so far. */
  get missedBytes(): number {
    return this.#writer.missedBytes;
  }

  flush(): void {
    this.#output.flush();
  }

  drained(): undefined {}

  /** Also of one who left. */
  async end(): Promise<Required<Shortfall>> {
    const shortfall = this.#writer.end();
    this.#sink.hurry(PATIENCE_MS);
    await this.#output.end();
    return {
      ...NO_SHORTFALL,
      leftOutBytes: shortfall?.leftOutBytes ?? 0,
      missedBytes: this.missedBytes,
      unfinishedReaders: this.#sink.isGivenUp ? 1 : 0,
    };
  }

  /** Ends it where it is. */
  async abandon(): Promise<void> {
    this.#sink.abort();
    await this.#output.end();
  }
}
