import type { ByteSource } from './byte-source.ts';
import { MAX_ITEM_BYTES } from './format.ts';
import { RecordingError } from './recording-error.ts';

const CHUNK_BYTES = 1024 * 1024;
/**
 * Before what is read ahead there is room for the begin of an item, as long as most are. Long arrays
 * are 16 bytes behind the begin of a page: read to there, a file's pages take AMD's `rep movsb` six
 * times as long as to the middle of one.
 */
const HEADROOM_BYTES = 130 * 1024;

function newChunk(): Uint8Array {
  return new Uint8Array(HEADROOM_BYTES + CHUNK_BYTES);
}

/**
 * A window on a source's bytes: `bytes[start]` to `bytes[end - 1]` are read and not consumed yet.
 * The next bytes are read meanwhile. A fill may move them, and replaces `bytes`.
 */
export class ItemBuffer {
  bytes: Uint8Array = newChunk();
  start = HEADROOM_BYTES;
  end = HEADROOM_BYTES;
  readonly #source: ByteSource;
  /** Of `bytes[0]` in the source. */
  #position = -HEADROOM_BYTES;
  /** What is read ahead, behind its headroom, and how many bytes that will be. */
  #ahead = newChunk();
  #reading: Promise<number> | undefined;

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
    this.#reading ??= this.#readAhead();
    const length = await this.#reading;
    this.#reading = undefined;
    if (length === 0) return false;
    if (this.length <= HEADROOM_BYTES) this.#turnTo(length);
    else this.#append(length);
    this.#reading = this.#readAhead();
    return true;
  }

  /** @throws RecordingError if the first item, which goes on beyond `limit`, can have no end. */
  requireEnd(): void {
    if (this.length >= MAX_ITEM_BYTES) {
      throw new RecordingError(`an item is longer than ${MAX_ITEM_BYTES} bytes`);
    }
  }

  #readAhead(): Promise<number> {
    const reading = this.#source.read(this.#ahead.subarray(HEADROOM_BYTES));
    // It is for the next fill to throw, if there is one.
    reading.catch(() => {});
    return reading;
  }

  /** Moves what is left before what was read, and reads into the other chunk from now on. */
  #turnTo(length: number): void {
    const left = this.bytes.subarray(this.start, this.end);
    const start = HEADROOM_BYTES - left.length;
    const next = this.#ahead;
    next.set(left, start);
    this.#position += this.start - start;
    this.#ahead = this.bytes.length === next.length ? this.bytes : newChunk();
    this.bytes = next;
    this.start = start;
    this.end = HEADROOM_BYTES + length;
  }

  /** Copies what was read behind a long item's begin; into twice the room if there is none. */
  #append(length: number): void {
    if (this.end + length > this.bytes.length) {
      const longer = new Uint8Array(2 * (this.length + length));
      longer.set(this.bytes.subarray(this.start, this.end));
      this.bytes = longer;
      this.#position += this.start;
      this.end = this.length;
      this.start = 0;
    }
    this.bytes.set(this.#ahead.subarray(HEADROOM_BYTES, HEADROOM_BYTES + length), this.end);
    this.end += length;
  }
}
