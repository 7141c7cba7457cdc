/**
 * The Internet checksum (RFC 1071).
 *
 * A sum here is the ones' complement sum of big-endian 16-bit words, an odd last byte padded with
 * a zero, folded into 16 bits and not complemented yet. Sums of headers are added up from their
 * fields, which is cheaper than to read back what was just written.
 *
 * Payloads are read as little-endian words of 32 bits: that costs no byte swap on the usual
 * machines, and the sum of swapped words is the swapped sum (section 2B). Words add up in doubles,
 * exact up to 2^53, which is 8 MiB of them. Four at a time run twice as fast as one.
 */

const TWO_TO_32 = 0x1_0000_0000;

/** The sum of `view[start]` to `view[start + length - 1]`. */
export function sumBytes(view: DataView, start: number, length: number): number {
  const end = start + length;
  let total0 = 0;
  let total1 = 0;
  let at = start;
  for (; at + 16 <= end; at += 16) {
    total0 += view.getUint32(at, true) + view.getUint32(at + 4, true);
    total1 += view.getUint32(at + 8, true) + view.getUint32(at + 12, true);
  }
  for (; at + 4 <= end; at += 4) total0 += view.getUint32(at, true);
  for (let shift = 1; at < end; at++, shift *= 0x100) total1 += view.getUint8(at) * shift;
  return foldWords(total0 + total1);
}

/** Copies bytes, and returns their sum: for few of them in less time than one after the other. */
export function copyAndSum(
  source: DataView,
  sourceStart: number,
  length: number,
  target: DataView,
  targetStart: number,
): number {
  const end = sourceStart + length;
  let total0 = 0;
  let total1 = 0;
  let from = sourceStart;
  let to = targetStart;
  for (; from + 16 <= end; from += 16, to += 16) {
    const word0 = source.getUint32(from, true);
    const word1 = source.getUint32(from + 4, true);
    const word2 = source.getUint32(from + 8, true);
    const word3 = source.getUint32(from + 12, true);
    target.setUint32(to, word0, true);
    target.setUint32(to + 4, word1, true);
    target.setUint32(to + 8, word2, true);
    target.setUint32(to + 12, word3, true);
    total0 += word0 + word1;
    total1 += word2 + word3;
  }
  for (; from + 4 <= end; from += 4, to += 4) {
    const word = source.getUint32(from, true);
    target.setUint32(to, word, true);
    total0 += word;
  }
  for (let shift = 1; from < end; from++, to++, shift *= 0x100) {
    const byte = source.getUint8(from);
    target.setUint8(to, byte);
    total1 += byte * shift;
  }
  return foldWords(total0 + total1);
}

/** The sum from an addition of little-endian words. */
function foldWords(total: number): number {
  const lower = total >>> 0;
  const upper = (total - lower) / TWO_TO_32;
  return swapBytes(foldSum(foldSum(lower) + foldSum(upper)));
}

/** The two halves of a 32-bit word, added. */
export function sumWord(word: number): number {
  return (word >>> 16) + (word & 0xffff);
}

/** The sum of bytes that stand at an odd offset in what is summed, from their own (section 2B). */
export function swapBytes(sum: number): number {
  return ((sum & 0xff) << 8) | (sum >>> 8);
}

/** The sum from an addition that fits in 32 bits. */
export function foldSum(total: number): number {
  const once = (total & 0xffff) + (total >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/** The checksum of an addition that fits in 32 bits and is not 0. */
export function checksumOf(total: number): number {
  return ~foldSum(total) & 0xffff;
}
