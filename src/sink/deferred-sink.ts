import type { Sink, WriteOutcome } from './sink.ts';

/** A sink that is being opened: what is written waits for it. */
export class DeferredSink implements Sink {
  readonly #opening: Promise<Sink>;

  constructor(opening: Promise<Sink>) {
    this.#opening = opening;
    // The first write or the end tells of a failure.
    opening.catch(() => {});
  }

  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    const sink = await this.#opening;
    return sink.write(chunk);
  }

  async end(): Promise<void> {
    const sink = await this.#opening;
    await sink.end();
  }
}
