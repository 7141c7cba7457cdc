import type { EventHandler } from '../event.ts';
import type { ChunkOutput } from '../sink/chunk-output.ts';
import type { Shortfall } from '../summary.ts';
import type { EventOutput } from './event-output.ts';
import type { EventWriter } from './event-writer.ts';

/**
 * What may wait for the disk while the capture goes on, in chunks of a MiB: behind it the kernel's
 * ring fills up, which is a fraction of a second at hundreds of MB/s.
 */
export const MAX_WAITING_FOR_DISK = 64;

/** Gets every event: who produces them waits for it. */
export class SteadyOutput implements EventOutput {
  readonly handle: EventHandler;
  readonly beginsLate = false;
  readonly #writer: EventWriter;
  readonly #output: ChunkOutput;

  constructor(writer: EventWriter, output: ChunkOutput) {
    this.handle = writer.handle;
    this.#writer = writer;
    this.#output = output;
  }

  /** Bytes that it has so far. */
  get length(): number {
    return this.#output.length;
  }

  get stopped(): Promise<void> {
    return this.#output.stopped;
  }

  flush(): void {
    this.#output.flush();
  }

  drained(): Promise<void> | undefined {
    return this.#output.saturated ? this.#output.drained() : undefined;
  }

  async end(): Promise<Shortfall | undefined> {
    const shortfall = this.#writer.end();
    await this.#output.end();
    return shortfall;
  }
}
