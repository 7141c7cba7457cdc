/**
 * Where pcapng blocks are encoded: a growing run of bytes that is handed on in whole blocks.
 *
 * `reserve(length)` gives the offset in `bytes` of `length` fresh bytes; `bytes` and `view` may be
 * other objects after each call. Fresh bytes are not zeroed. A block is reserved in one call and
 * complete before the next one, so what the output hands on always ends at the end of a block.
 */
export interface BlockOutput {
  readonly bytes: Uint8Array;
  /** All of `bytes`, at the same offsets. */
  readonly view: DataView;
  reserve(length: number): number;
}
