import type { RecordingOutput } from '../../src/recording/recording-writer.ts';

/** Keeps all that is written, and where each item begins. */
export class MemoryOutput implements RecordingOutput {
  bytes: Uint8Array = new Uint8Array(64);
  readonly starts: number[] = [];
  #length = 0;

  reserve(length: number): number {
    const start = this.#length;
    this.#length += length;
    this.starts.push(start);
    if (this.#length > this.bytes.length) {
      const grown = new Uint8Array(2 * this.#length);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    return start;
  }

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.#length);
  }
}
