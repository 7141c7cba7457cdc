import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Sink, WriteOutcome } from './sink.ts';

/**
 * A pipe or a TCP connection that is written without blocking: no thread waits for a reader that
 * stalls, and neither does the process's exit. Whatever goes wrong, nobody reads it any more.
 */
export class SocketSink implements Sink {
  readonly #socket: Socket;
  #isGivenUp = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    // The write that failed tells of it.
    socket.on('error', () => {});
  }

  write(chunk: Uint8Array): Promise<WriteOutcome> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      // What was under way when the socket was destroyed is called back without an error.
      socket.write(chunk, (error) => resolve(error || socket.destroyed ? 'closed' : 'written'));
    });
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
