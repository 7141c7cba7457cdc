/**
 * Characters that no terminal should get from a stranger: Unicode's general categories Cc
 * (controls: ESC, and C1, which some terminals obey as well), Cf (format: invisible, or turning
 * the direction of what stands around them, Unicode Annex 9), Zl and Zp (line and paragraph
 * separators). First and last code point of each range, in order.
 */
const RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x600, 0x605],
  [0x61c, 0x61c],
  [0x6dd, 0x6dd],
  [0x70f, 0x70f],
  [0x890, 0x891],
  [0x8e2, 0x8e2],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x110bd, 0x110bd],
  [0x110cd, 0x110cd],
  [0x13430, 0x1343f],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
];

const PLANE = 0x10000;

/** A bit for each character of the first plane, where nearly all text is. */
const FIRST_PLANE = new Uint8Array(PLANE / 8);
for (const [first, last] of RANGES) {
  for (let codePoint = first; codePoint <= last && codePoint < PLANE; codePoint++) {
    FIRST_PLANE[codePoint >> 3] = (FIRST_PLANE[codePoint >> 3] as number) | (1 << (codePoint & 7));
  }
}

export function isUnsafe(codePoint: number): boolean {
  if (codePoint < PLANE) {
    return (((FIRST_PLANE[codePoint >> 3] as number) >> (codePoint & 7)) & 1) === 1;
  }
  return RANGES.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** Finds each unsafe character of a string, and each surrogate that has no other half. */
export const UNSAFE_CHARACTERS = new RegExp(
  `[${RANGES.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('')}\\p{Cs}]`,
  'gu',
);
