/**
 * Reads big-endian integers and vectors (RFC 8446 section 3) from bytes that may end too early, as
 * only the beginning of a long message is told. What is not there is `undefined`.
 */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** An integer of `length` bytes. */
  uint(length: 1 | 2 | 3): number | undefined {
    const bytes = this.bytes(length);
    return bytes?.reduce((value, byte) => value * 256 + byte, 0);
  }

  bytes(length: number): Uint8Array | undefined {
    if (this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** The contents of a vector whose length takes `lengthBytes`; as much as is there. */
  vector(lengthBytes: 1 | 2 | 3): Uint8Array | undefined {
    const length = this.uint(lengthBytes);
    if (length === undefined) return undefined;
    return this.bytes(Math.min(length, this.#bytes.length - this.#at));
  }
}
