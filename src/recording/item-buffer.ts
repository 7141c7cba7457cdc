import type { ByteSource } from './byte-source.ts';
import { MAX_ITEM_BYTES } from './format.ts';
import { RecordingError } from './recording-error.ts';

const CHUNK_BYTES = 1024 * 1024;

/**
 * A window on a source's bytes, in one buffer that is used again and again: `bytes[start]` to
 * `bytes[end - 1]` are read and not consumed yet. A fill may move them, and replace `bytes`.
 */
export class ItemBuffer {
  bytes: Uint8Array = new Uint8Array(CHUNK_BYTES);
  start = 0;
  end = 0;
  readonly #source: ByteSource;
  /** Of `bytes[0]` in the source. */
  #position = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Offset in the source of the first byte that is not consumed. */
  get position(): number {
    return this.#position + this.start;
  }

  /** Of what is not consumed. */
  get length(): number {
    return this.end - this.start;
  }

  /** The first item has to end here or before: `end`, unless that is beyond the longest item. */
  get limit(): number {
    return Math.min(this.end, this.start + MAX_ITEM_BYTES);
  }

  /** Reads more behind what is left; resolves to false at the source's end. */
  async fill(): Promise<boolean> {
    this.#makeRoom();
    const length = await this.#source.read(this.bytes.subarray(this.end));
    this.end += length;
    return length > 0;
  }

  /** @throws RecordingError if the first item, which goes on beyond `limit`, can have no end. */
  requireEnd(): void {
    if (this.length >= MAX_ITEM_BYTES) {
      throw new RecordingError(`an item is longer than ${MAX_ITEM_BYTES} bytes`);
    }
  }

  /** Moves what is left to the front, or into twice the room if it fills more than half of it. */
  #makeRoom(): void {
    const left = this.bytes.subarray(this.start, this.end);
    if (left.length > this.bytes.length / 2) this.bytes = new Uint8Array(2 * this.bytes.length);
    this.bytes.set(left);
    this.#position += this.start;
    this.start = 0;
    this.end = left.length;
  }
}
