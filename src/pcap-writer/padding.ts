/** `length` bytes with their padding to 32 bits (section 3.6.2). */
export function paddedLength(length: number): number {
  return (length + 3) & ~3;
}

/**
 * Zeroes the 32 bits before `paddedEnd`, which hold all padding there can be. Call it before the
 * value, and whatever stands before an empty value, is written: both go over it.
 */
export function zeroPadding(view: DataView, paddedEnd: number): void {
  view.setUint32(paddedEnd - 4, 0);
}
