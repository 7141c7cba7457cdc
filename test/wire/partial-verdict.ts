import type { Bench } from './bench.ts';
import { type Alpn, boundariesOf, isEntry } from './boundaries.ts';
import { SIDES, type Side } from './conversation.ts';
import { type Coverage, cover, isCovered } from './coverage.ts';
import { dissect } from './dissection.ts';
import { followBytes } from './followed-bytes.ts';
import { isSaid } from './partial-tree.ts';
import { readPieces } from './pieces.ts';
import { countRequests, type Verdict } from './verdict.ts';

/** What one end of a conversation said, and what a capture has of it. */
export interface PartialSide extends Coverage {
  ends: string;
  side: Side;
  /** On the wire. */
  bytes: number;
}

export interface PartialVerdict extends Verdict {
  sides: PartialSide[];
}

/**
 * Compares a capture that lacks bytes with the wire. What it has must be what was said; it says how
 * much is missing where; tshark shows every message that it has whole.
 */
export async function judgePartial(
  { wire, keys, capture }: Bench,
  alpn: Alpn,
): Promise<PartialVerdict> {
  const source = { file: wire, keys };
  const [truth, seen] = await Promise.all([dissect(source), dissect({ file: capture })]);
  const [said, pieces] = await Promise.all([followBytes(source, truth), readPieces(capture, seen)]);
  const sides: PartialSide[] = [];
  const differences: string[] = [];
  for (const conversation of truth) {
    const { ends } = conversation;
    const streams = seen.filter((captured) => captured.ends === ends);
    if (streams.length === 0) {
      differences.push(`${ends}: is not in the capture`);
      continue;
    }
    for (const side of SIDES) {
      const shown = streams.flatMap((captured) => captured[side]);
      const bytes = said.get(conversation.stream)?.[side] ?? Buffer.alloc(0);
      const boundaries = boundariesOf(bytes, alpn);
      const entries = boundaries.filter((boundary) => isEntry(bytes, boundary, alpn));
      const coverage = cover(bytes, pieces.get(ends)?.[side] ?? [], entries);
      const found = [
        ...coverage.complaints,
        ...unseen(messagesOf(conversation[side], alpn), messagesOf(shown, alpn), {
          bytes,
          boundaries,
          coverage,
          alpn,
        }),
        ...shown.filter((text) => text.startsWith('_ws.malformed')),
      ];
      differences.push(...found.map((line) => `${ends}, ${side}: ${line}`));
      sides.push({ ...coverage, ends, side, bytes: bytes.length });
    }
  }
  if (pieces.size !== truth.length) differences.push(`${pieces.size} ends, not ${truth.length}`);
  return {
    seenByKeys: countRequests(truth),
    seenByPlaincap: countRequests(seen),
    differences,
    sides,
  };
}

function messagesOf(texts: readonly string[], alpn: Alpn): string[] {
  return texts.filter((text) => text.startsWith(alpn === 'h2' ? 'http2 ' : 'http '));
}

interface Whereabouts {
  bytes: Buffer;
  boundaries: readonly number[];
  coverage: Coverage;
  alpn: Alpn;
}

/** The messages that a capture has whole, but tshark does not show in their order. */
function unseen(
  truth: readonly string[],
  seen: readonly string[],
  { bytes, boundaries, coverage, alpn }: Whereabouts,
): string[] {
  if (truth.length !== boundaries.length) {
    return [`${truth.length} messages on the wire, ${boundaries.length} in its bytes`];
  }
  const found: string[] = [];
  let next = 0;
  for (const [index, message] of truth.entries()) {
    const from = boundaries[index] as number;
    const end = boundaries[index + 1] ?? bytes.length;
    const headEnd = alpn === 'h2' ? end : bytes.indexOf('\r\n\r\n', from) + 4;
    if (!isCovered(coverage, from, headEnd)) continue;
    const isWhole = isCovered(coverage, from, end);
    const at = seen.findIndex((text, place) => place >= next && isSaid(message, text, isWhole));
    if (at < 0)
      found.push(`message ${index} of ${truth.length} is not shown: ${message.slice(0, 300)}`);
    else next = at + 1;
  }
  return found;
}
