import type { Piece } from './pieces.ts';

/** What of the bytes that one end said a capture has, and what it says of the rest. */
export interface Coverage {
  /** Offsets of what it has, from one to before another. */
  ranges: { from: number; to: number }[];
  /** Offset of what it tells of first. */
  start: number;
  lost: number;
  /** What is wrong, a line each. */
  complaints: string[];
}

/**
 * Lays a capture's pieces onto all that was said; they reach to its end.
 *
 * @param entries offsets in `said` at which readers can begin
 */
export function cover(
  said: Buffer,
  pieces: readonly Piece[],
  entries: readonly number[],
): Coverage {
  const told = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  const start = said.length - told;
  const coverage: Coverage = { ranges: [], start, lost: 0, complaints: [] };
  if (start < 0) {
    coverage.complaints.push(`it tells of ${told} bytes, ${said.length} were sent`);
    return coverage;
  }
  const isEntry = new Set([...entries, said.length]);
  let at = start;
  for (const piece of pieces) {
    const end = at + lengthOf(piece);
    if ('bytes' in piece) {
      const isEqual = said.subarray(at, end).equals(piece.bytes);
      if (!isEqual) coverage.complaints.push(`bytes ${at} to ${end} are others than were sent`);
      const last = coverage.ranges.at(-1);
      if (last?.to === at) last.to = end;
      else coverage.ranges.push({ from: at, to: end });
    } else {
      coverage.lost += piece.lost;
      if (piece.leftOut > 0 && !isEntry.has(end)) {
        coverage.complaints.push(`what is left out ends at ${end}, where no message begins`);
      }
      const first = entries.find((entry) => entry >= at + piece.lost && entry < end);
      if (first !== undefined) {
        coverage.complaints.push(`the message at ${first} is left out, as all up to ${end}`);
      }
    }
    at = end;
  }
  return coverage;
}

/** Whether a capture has all bytes from an offset to before another. */
export function isCovered({ ranges }: Coverage, from: number, to: number): boolean {
  return ranges.some((range) => range.from <= from && to <= range.to);
}

function lengthOf(piece: Piece): number {
  return 'bytes' in piece ? piece.bytes.length : piece.lost + piece.leftOut;
}
