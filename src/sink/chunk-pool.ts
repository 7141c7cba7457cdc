/** Buffers of one size to be used again, so that a capture at full speed allocates none. */
export class ChunkPool {
  readonly #chunkBytes: number;
  readonly #maxFree: number;
  readonly #free: ArrayBuffer[] = [];

  constructor(chunkBytes: number, maxFree: number) {
    this.#chunkBytes = chunkBytes;
    this.#maxFree = maxFree;
  }

  /** A buffer with room for `minBytes`, holding whatever it held before. */
  take(minBytes: number): ArrayBuffer {
    if (minBytes > this.#chunkBytes) return new ArrayBuffer(minBytes);
    return this.#free.pop() ?? new ArrayBuffer(this.#chunkBytes);
  }

  /** Keeps the buffer unless it has a size of its own or enough are free. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#chunkBytes && this.#free.length < this.#maxFree) {
      this.#free.push(buffer);
    }
  }
}
