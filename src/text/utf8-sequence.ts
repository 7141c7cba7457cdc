/** There is no character of UTF-8 here. */
export const INVALID = 0;
/** There may be one, if the bytes that follow `end` go on with it. */
export const INCOMPLETE = -1;

/**
 * Length of the multi-byte character that begins at `start`, or INVALID, or INCOMPLETE: the
 * well-formed sequences of The Unicode Standard, table 3-7 (RFC 3629 section 4 has the same).
 */
export function utf8SequenceLength(bytes: Uint8Array, start: number, end: number): number {
  const lead = bytes[start] as number;
  if (lead < 0xc2 || lead > 0xf4) return INVALID;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (start + 1 === end) return INCOMPLETE;
  const second = bytes[start + 1] as number;
  if (second < leastSecond(lead) || second > mostSecond(lead)) return INVALID;
  for (let i = 2; i < length; i++) {
    if (start + i === end) return INCOMPLETE;
    if (((bytes[start + i] as number) & 0xc0) !== 0x80) return INVALID;
  }
  return length;
}

/** The code point of a character that `utf8SequenceLength` told the length of. */
export function utf8CodePoint(bytes: Uint8Array, start: number, length: number): number {
  let codePoint = (bytes[start] as number) & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    codePoint = (codePoint << 6) | ((bytes[start + i] as number) & 0x3f);
  }
  return codePoint;
}

/** Less would be an encoding that is longer than it need be. */
function leastSecond(lead: number): number {
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
}

/** More would be a surrogate, or beyond U+10FFFF. */
function mostSecond(lead: number): number {
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
}
