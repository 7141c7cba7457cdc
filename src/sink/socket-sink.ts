import { once } from 'node:events';
import type { Socket } from 'node:net';
import { destinationError } from './destination-error.ts';
import type { Sink, WriteOutcome } from './sink.ts';

/** The reader went away, or was given up. */
const CLOSED = new Set(['EPIPE', 'ECONNRESET', 'ETIMEDOUT', 'ECANCELED', 'ERR_STREAM_DESTROYED']);

/**
 * A pipe or a TCP connection that is written without blocking: no thread waits for a reader that
 * stalls, and neither does the process's exit.
 */
export class SocketSink implements Sink {
  readonly #socket: Socket;
  readonly #name: string;
  #isGivenUp = false;

  /** @param name what error messages call it */
  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    // The write that failed tells of it.
    socket.on('error', () => {});
  }

  /** Rejects with a DestinationError; `closed` if nobody reads any more. */
  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      this.#socket.write(chunk, resolve);
    });
    if (!error) return 'written';
    if (CLOSED.has((error as NodeJS.ErrnoException).code ?? '')) return 'closed';
    throw destinationError(this.#name, error);
  }

  /** From now on, gives the reader up when it takes nothing for so long. */
  hurry(patienceMs: number): void {
    this.#socket.setTimeout(patienceMs, () => {
      this.#isGivenUp = true;
      this.abort();
    });
  }

  /** Whether it was, as it took nothing for so long. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** What the reader has not taken by now, it does not get. */
  abort(): void {
    this.#socket.destroy();
  }

  async end(): Promise<void> {
    if (this.#socket.closed) return;
    this.#socket.destroySoon();
    await once(this.#socket, 'close');
  }
}
