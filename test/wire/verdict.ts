import type { Bench } from './bench.ts';
import { differences } from './comparison.ts';
import type { Conversation, Side } from './conversation.ts';
import { dissect } from './dissection.ts';
import { dissectLong } from './long-dissection.ts';
import type { Source } from './tshark-lines.ts';

/** What became of a case. */
export interface Verdict {
  /** Requests. */
  seenByKeys: number;
  seenByPlaincap: number;
  /** A line each. */
  differences: string[];
}

/**
 * Compares what was seen on the wire with what plaincap says.
 *
 * @param shows what must be among it
 */
export async function judge(
  { wire, keys, capture }: Bench,
  { isLong, shows, side }: { isLong: boolean; shows: readonly RegExp[]; side: Side },
): Promise<Verdict> {
  const look: (source: Source) => Promise<Conversation[]> = isLong ? dissectLong : dissect;
  const [truth, seen] = await Promise.all([look({ file: wire, keys }), look({ file: capture })]);
  const said = truth.flatMap(saidIn);
  const missing = shows.filter((shown) => !said.some((text) => shown.test(text)));
  return {
    seenByKeys: countRequests(truth),
    seenByPlaincap: countRequests(seen),
    differences: [
      ...missing.map((shown) => `the wire does not show ${shown}`),
      ...differences(truth, seen, side),
    ],
  };
}

/** In trees, and in fields. */
const REQUEST =
  /"http\.request\.method":|"http2\.headers\.method":|^http\.request\.method |^http2\.header\.name :method$/;

export function countRequests(conversations: readonly Conversation[]): number {
  return conversations.flatMap(saidIn).filter((text) => REQUEST.test(text)).length;
}

function saidIn({ client, server }: Conversation): string[] {
  return [...client, ...server];
}
