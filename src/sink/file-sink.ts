import type { FileHandle } from 'node:fs/promises';
import { writeSome } from './descriptor.ts';
import { DestinationError, destinationError } from './destination-error.ts';
import type { Sink, WriteOutcome } from './sink.ts';
import type { WriteUncached } from './uncached-write.ts';

/**
 * End of the last whole unit (block, item) within the first `limit` of `bytes`, which begin with
 * a unit; 0 if none is whole.
 */
export type Boundary = (bytes: Uint8Array, limit: number) => number;

/** What is shorter is soon followed by more in the same page. */
const UNCACHED_BYTES = 256 * 1024;

/**
 * A regular file, written from its start. When the disk is full, or a write fails in another way,
 * the file is cut after its last whole unit, so that what it holds stays readable.
 */
export class FileSink implements Sink {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #boundary: Boundary;
  /** Bytes in the file, whole chunks. Each write says where it goes, so none can go astray. */
  #length = 0;
  #writeUncached: WriteUncached | undefined;

  /** @param writeUncached if it can be had; tried with long chunks, until it fails */
  constructor(
    file: FileHandle,
    path: string,
    boundary: Boundary,
    writeUncached?: WriteUncached | undefined,
  ) {
    this.#file = file;
    this.#path = path;
    this.#boundary = boundary;
    this.#writeUncached = writeUncached;
  }

  /** Rejects with a DestinationError that says how much of the file is readable. */
  async write(chunk: Uint8Array): Promise<WriteOutcome> {
    let written = 0;
    try {
      while (written < chunk.length) {
        written += await this.#writeSome(chunk, written);
      }
    } catch (error) {
      const readable = this.#length + this.#boundary(chunk, written);
      // Should this fail too, readers complain about the file's end and show all before it.
      await this.#file.truncate(readable).catch(() => {});
      const { message } = destinationError(this.#path, error);
      throw new DestinationError(`${message}; its first ${readable} bytes are readable`, {
        cause: error,
      });
    }
    this.#length += written;
    return 'written';
  }

  async #writeSome(chunk: Uint8Array, offset: number): Promise<number> {
    const { fd } = this.#file;
    const position = this.#length + offset;
    const write = this.#writeUncached;
    if (write && chunk.length - offset >= UNCACHED_BYTES) {
      const result = await new Promise<number>((resolve) => {
        write(fd, chunk, offset, position, resolve);
      });
      if (result > 0) return result;
      // If that is not the reason, the usual way tells it.
      this.#writeUncached = undefined;
    }
    return await writeSome(fd, chunk, offset, position);
  }

  async end(): Promise<void> {
    try {
      await this.#file.close();
    } catch (error) {
      throw destinationError(this.#path, error);
    }
  }
}
