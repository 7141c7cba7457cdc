import type { ByteSource } from '../../src/recording/byte-source.ts';

/** Gives `bytes` in pieces of at most `pieceLength`. */
export class MemorySource implements ByteSource {
  readonly name = 'memory';
  reads = 0;
  #rest: Uint8Array;
  readonly #pieceLength: number;

  constructor(bytes: Uint8Array, pieceLength = Number.POSITIVE_INFINITY) {
    this.#rest = bytes;
    this.#pieceLength = pieceLength;
  }

  async read(into: Uint8Array): Promise<number> {
    this.reads++;
    const piece = this.#rest.subarray(0, Math.min(into.length, this.#pieceLength));
    this.#rest = this.#rest.subarray(piece.length);
    into.set(piece);
    return piece.length;
  }

  async close(): Promise<void> {}
}
