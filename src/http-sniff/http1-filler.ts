/**
 * Ends what a reader of HTTP/1 may be in: a head, a chunk's size or trailers (RFC 9112 sections 2.1
 * and 7.1). It would look for that end in the bytes behind the gap.
 */
const EMPTY_LINE = Buffer.from('\r\n\r\n');

/** What stands for `length` unknown bytes that go beyond a body: zeros, and an empty line at their end. */
export function http1Filler(length: number): Uint8Array {
  const filler = Buffer.alloc(length);
  EMPTY_LINE.subarray(-length).copy(filler, Math.max(length - EMPTY_LINE.length, 0));
  return filler;
}
