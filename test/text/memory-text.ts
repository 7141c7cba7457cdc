import type { TextOutput } from '../../src/text/text-output.ts';

/** Keeps all that is written. Its fresh bytes are not zeros, and move when it grows. */
export class MemoryText implements TextOutput {
  bytes: Uint8Array = new Uint8Array(256).fill(0xaa);
  #length = 0;

  reserve(length: number): number {
    const offset = this.#length;
    this.#length += length;
    if (this.#length > this.bytes.length) {
      const grown = new Uint8Array(2 * this.#length).fill(0xaa);
      grown.set(this.bytes.subarray(0, offset));
      this.bytes = grown;
    }
    return offset;
  }

  giveBack(length: number): void {
    this.#length -= length;
  }

  get written(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.#length));
  }

  /** @throws TypeError if it is not UTF-8 */
  get text(): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.written);
  }
}
