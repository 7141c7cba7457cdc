import type { BlockOutput } from '../../src/pcap-writer/index.ts';

/** Keeps all blocks. Its fresh bytes are not zeros, as the contract allows. */
export class GrowingOutput implements BlockOutput {
  bytes = new Uint8Array(1 << 20).fill(0xaa);
  view = new DataView(this.bytes.buffer);
  length = 0;

  reserve(length: number): number {
    const offset = this.length;
    this.length += length;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(2 * this.length).fill(0xaa, offset);
      grown.set(this.bytes.subarray(0, offset));
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return offset;
  }

  get written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
