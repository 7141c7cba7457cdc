/**
 * A vector of variable length (RFC 5246 section 4.3): the number of its bytes, then they.
 *
 * @param lengthBytes how many bytes the number takes, big-endian.
 * @throws RangeError if it does not fit in them.
 */
export function vector(lengthBytes: 1 | 2 | 3, body: readonly number[]): number[] {
  if (body.length >= 2 ** (8 * lengthBytes)) {
    throw new RangeError(`a vector of ${body.length} bytes has no length of ${lengthBytes} bytes`);
  }
  const length: number[] = [];
  for (let shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) {
    length.push((body.length >>> shift) & 0xff);
  }
  return [...length, ...body];
}
