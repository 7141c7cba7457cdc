import type { Sink } from './sink.ts';

/** How a queue ended: all is written, or the reader went away before that. */
export type Outcome = 'complete' | 'closed';

/**
 * Chunks on their way to a sink, which gets them in order and one at a time. The first error ends
 * the queue, as does a reader that closes; chunks that are waiting or still come are then dropped.
 */
export class ChunkQueue {
  /** Resolves when the sink closed or failed, and not before. */
  readonly stopped: Promise<void>;

  readonly #sink: Sink;
  readonly #onWritten: (chunk: Uint8Array<ArrayBuffer>) => void;
  /** The sink is writing the first. */
  #chunks: Uint8Array<ArrayBuffer>[] = [];
  #open = true;
  #failure: Error | undefined;
  #onStep: (() => void)[] = [];
  #onStop: () => void = () => {};

  /** @param onWritten gets each chunk back when the sink is done with it; may push another one */
  constructor(sink: Sink, onWritten: (chunk: Uint8Array<ArrayBuffer>) => void) {
    this.#sink = sink;
    this.#onWritten = onWritten;
    this.stopped = new Promise((resolve) => {
      this.#onStop = resolve;
    });
  }

  /** Chunks that the sink has not written yet. */
  get length(): number {
    return this.#chunks.length;
  }

  /** False when it dropped the chunk: it stays the caller's. */
  push(chunk: Uint8Array<ArrayBuffer>): boolean {
    if (this.#open && this.#chunks.push(chunk) === 1) this.#writeFirst();
    return this.#open;
  }

  /** Resolves when the next chunk is written, or when the sink stops. */
  step(): Promise<void> {
    return new Promise((resolve) => {
      this.#onStep.push(resolve);
    });
  }

  /**
   * Waits until all is written and ends the sink.
   *
   * Rejects with the sink's first error.
   */
  async end(): Promise<Outcome> {
    while (this.length > 0) await this.step();
    const outcome = this.#open ? 'complete' : 'closed';
    this.#open = false;
    await this.#sink.end().catch((error: Error) => {
      this.#failure ??= error;
    });
    if (this.#failure !== undefined) throw this.#failure;
    return outcome;
  }

  #writeFirst(): void {
    const chunk = this.#chunks[0] as Uint8Array<ArrayBuffer>;
    this.#sink.write(chunk).then(
      (outcome) => {
        if (outcome === 'closed') this.#stop();
        else this.#written();
      },
      (error: Error) => {
        this.#failure = error;
        this.#stop();
      },
    );
  }

  #written(): void {
    const chunk = this.#chunks.shift() as Uint8Array<ArrayBuffer>;
    if (this.length > 0) this.#writeFirst();
    this.#onWritten(chunk);
    this.#wake();
  }

  #stop(): void {
    this.#open = false;
    this.#chunks = [];
    this.#onStop();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#onStep.splice(0)) resolve();
  }
}
