import type { BlockOutput } from '../../src/pcap-writer/index.ts';

const GARBAGE = 0xaa;

/** Keeps all blocks. As hostile as the contract allows: new objects each time, no zeroed bytes. */
export class MemoryOutput implements BlockOutput {
  bytes = new Uint8Array(0);
  view = new DataView(this.bytes.buffer);

  reserve(length: number): number {
    const offset = this.bytes.length;
    const grown = new Uint8Array(offset + length).fill(GARBAGE);
    grown.set(this.bytes);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    return offset;
  }
}
