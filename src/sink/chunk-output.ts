import type { BlockOutput } from '../pcap-writer/index.ts';
import { ChunkPool } from './chunk-pool.ts';
import { ChunkQueue, type Outcome } from './chunk-queue.ts';
import type { Sink } from './sink.ts';

/**
 * Collects what encoders write into chunks and gives the chunks to a sink. A chunk holds whole
 * units: what one `reserve` gave (a pcapng block, an item of a recording).
 *
 * Encoders never wait: they fill what they reserved before they reserve again or return to the
 * event loop. Producers do: between batches they look at `saturated` and await `drained()`. So
 * memory is bounded by the chunks that may wait and one batch, and no batch is ever cut.
 *
 * Once the sink closed or failed, all bytes are discarded.
 */
export class ChunkOutput implements BlockOutput {
  readonly #pool: ChunkPool;
  readonly #queue: ChunkQueue;
  readonly #maxWaiting: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #used = 0;
  #handedOn = 0;
  #flushNext = false;

  /**
   * @param options.chunkBytes size of a chunk; a longer unit gets a chunk of its own size
   * @param options.maxWaiting chunks that may wait for the sink before the output is saturated
   */
  constructor(
    sink: Sink,
    {
      chunkBytes = 1024 * 1024,
      maxWaiting = 8,
    }: { chunkBytes?: number; maxWaiting?: number | undefined } = {},
  ) {
    this.#pool = new ChunkPool(chunkBytes, maxWaiting);
    this.#queue = new ChunkQueue(sink, (chunk) => this.#recycle(chunk));
    this.#maxWaiting = maxWaiting;
    this.#bytes = new Uint8Array(this.#pool.take(0));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Where the reserved bytes are; another object after the next `reserve`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** All of `bytes`, at the same offsets. */
  get view(): DataView {
    return this.#view;
  }

  /** Offset in `bytes` of `length` bytes, not zeroed, that no one else writes. */
  reserve(length: number): number {
    if (this.#used + length > this.#bytes.length) this.#handOn(length);
    const offset = this.#used;
    this.#used += length;
    return offset;
  }

  /** Takes back the last `length` bytes of what was reserved last. */
  giveBack(length: number): void {
    this.#used -= length;
  }

  /** Bytes that were written to it so far. */
  get length(): number {
    return this.#handedOn + this.#used;
  }

  /**
   * Gives the sink what is there, as soon as it is free: while it is writing, what is reserved
   * meanwhile goes along.
   */
  flush(): void {
    if (this.#used === 0) return;
    if (this.#queue.length > 0) this.#flushNext = true;
    else this.#handOn(0);
  }

  /** Chunks that the sink has not written yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** True while so much waits for the sink that a producer should wait too. */
  get saturated(): boolean {
    return this.#queue.length > this.#maxWaiting;
  }

  /** Resolves when the output is not saturated. */
  async drained(): Promise<void> {
    while (this.saturated) await this.#queue.step();
  }

  /** Resolves when the sink closed or failed, and not before; `end()` tells which. */
  get stopped(): Promise<void> {
    return this.#queue.stopped;
  }

  /**
   * Writes all that is there and ends the sink. Once, after the last `reserve`.
   *
   * Rejects with the sink's first error. A reader that went away is none.
   */
  end(): Promise<Outcome> {
    this.#handOn(0);
    return this.#queue.end();
  }

  /** Queues the chunk, if anything is in it, and begins one with room for `minBytes`. */
  #handOn(minBytes: number): void {
    const chunk = this.#bytes.subarray(0, this.#used);
    if (chunk.length === 0 || !this.#queue.push(chunk)) this.#pool.give(chunk.buffer);
    this.#bytes = new Uint8Array(this.#pool.take(minBytes));
    this.#view = new DataView(this.#bytes.buffer);
    this.#handedOn += this.#used;
    this.#used = 0;
    this.#flushNext = false;
  }

  #recycle(chunk: Uint8Array<ArrayBuffer>): void {
    this.#pool.give(chunk.buffer);
    if (this.#flushNext && this.#queue.length === 0) this.#handOn(0);
  }
}
