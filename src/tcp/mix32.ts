/**
 * A bijection of 32-bit integers that spreads every bit over all (the finalizer of MurmurHash3):
 * where a protocol asks for random numbers, the same recording still gives the same file.
 */
export function mix32(value: number): number {
  let hash = (value + 0x9e37_79b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
