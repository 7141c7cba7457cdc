import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { systemErrorText, UserError } from '../user-error.ts';

/** Where a recording's bytes come from, in order. */
export interface ByteSource {
  /** As a person names it in messages. */
  readonly name: string;
  /** Of all that it had when it was opened; undefined if nobody knows, as of a pipe. */
  readonly sizeBytes?: number | undefined;
  /** Fills a part of `into` from its start; resolves to its length, 0 only at the end. */
  read(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** A file, or anything else that has a path. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, sizeBytes: number | undefined) {
    this.name = path;
    this.sizeBytes = sizeBytes;
    this.#handle = handle;
  }

  /** @throws UserError when it cannot be opened. */
  static async open(path: string): Promise<FileSource> {
    try {
      const handle = await open(path, 'r');
      const stats = await handle.stat();
      return new FileSource(path, handle, stats.isFile() ? stats.size : undefined);
    } catch (error) {
      throw new UserError(`cannot open ${path}: ${systemErrorText(error)}`, { cause: error });
    }
  }

  async read(into: Uint8Array): Promise<number> {
    try {
      const { bytesRead } = await this.#handle.read(into, 0, into.length, null);
      return bytesRead;
    } catch (error) {
      throw new UserError(`cannot read ${this.name}: ${systemErrorText(error)}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A stream, such as stdin, which may be a pipe, a socket, a file or a terminal. */
export class StreamSource implements ByteSource {
  readonly name: string;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What the last chunk had beyond the room that it was asked to fill. */
  #rest: Uint8Array = new Uint8Array();

  constructor(name: string, stream: Readable) {
    this.name = name;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async read(into: Uint8Array): Promise<number> {
    if (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return 0;
      this.#rest = value;
    }
    const part = this.#rest.subarray(0, into.length);
    this.#rest = this.#rest.subarray(part.length);
    into.set(part);
    return part.length;
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
