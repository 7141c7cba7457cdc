import type { ByteSource } from './byte-source.ts';

/** Another source, that knows how much of it was read. */
export class CountedSource implements ByteSource {
  bytesRead = 0;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get name(): string {
    return this.#source.name;
  }

  get sizeBytes(): number | undefined {
    return this.#source.sizeBytes;
  }

  async read(into: Uint8Array): Promise<number> {
    const length = await this.#source.read(into);
    this.bytesRead += length;
    return length;
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
