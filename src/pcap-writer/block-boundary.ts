/** Block Type and both Block Total Lengths (section 3.1). */
const MIN_BLOCK_BYTES = 12;

/**
 * End of the last block that is whole within the first `limit` of `bytes`, which begin with a
 * block and are little-endian. A file that is cut there is readable to its end. 0 when not even
 * the first block is whole.
 */
export function blockBoundary(bytes: Uint8Array, limit: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, limit);
  let end = 0;
  while (end + MIN_BLOCK_BYTES <= limit) {
    const totalLength = view.getUint32(end + 4, true);
    if (totalLength < MIN_BLOCK_BYTES || end + totalLength > limit) break;
    end += totalLength;
  }
  return end;
}
