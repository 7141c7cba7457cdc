import { writeSome } from './descriptor.ts';
import { destinationError } from './destination-error.ts';
import type { Sink, WriteOutcome } from './sink.ts';

/**
 * A descriptor that is written from start to end: standard output, a FIFO, a character device.
 *
 * Nothing here touches process.stdout: it would make a pipe non-blocking for every process that
 * shares it. While a reader stalls, the pending write delays process.exit(); a signal's default
 * action still ends the process.
 */
export class StreamSink implements Sink {
  readonly #descriptor: number;
  readonly #name: string;
  readonly #close: () => Promise<void>;

  /** @param name what error messages call it */
  constructor(descriptor: number, name: string, close: () => Promise<void>) {
    this.#descriptor = descriptor;
    this.#name = name;
    this.#close = close;
  }

  /** Rejects with a DestinationError; `closed` is EPIPE, a pipe without a reader. */
  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    try {
      for (let written = 0; written < chunk.length; ) {
        written += await writeSome(this.#descriptor, chunk, written, null);
      }
      return 'written';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 'closed';
      throw destinationError(this.#name, error);
    }
  }

  async end(): Promise<void> {
    try {
      await this.#close();
    } catch (error) {
      throw destinationError(this.#name, error);
    }
  }
}

/** Standard output. It stays open: it is not ours to close. */
export function stdoutSink(): Sink {
  return new StreamSink(1, 'standard output', async () => {});
}
