import type { Stream } from './streams.ts';
import { addressesOf, type End, type Place, type Truth } from './truth.ts';
import { type Finding, Verdict } from './verdict.ts';

/** Within so many seconds an end is told when it was: programs wait longer before they end. */
const END_TOLERANCE_S = 0.4;

/** Whether each stream of a file has the messages of its connection, and no others. */
export function judgeStreams(streams: readonly Stream[], truth: Truth): Verdict {
  const verdict = new Verdict();
  for (const stream of streams) {
    verdict.count(`stream ${stream.number}`, judgeStream(stream, truth));
  }
  return verdict;
}

function judgeStream({ addresses, tokens }: Stream, { places, hasCarriers }: Truth): Finding {
  const told = new Map<string, Place>();
  for (const token of tokens) {
    const place = places.get(token);
    if (place) told.set(JSON.stringify(place), place);
  }
  const [place] = told.values();
  const truly = [...told.values()].map(addressesOf).join(' and ');
  if (told.size > 1) return { wrong: `messages of ${truly}` };
  if (place === undefined && !hasCarriers) return { wrong: 'none of its messages is known' };
  if (addresses === undefined) return place === 'none' ? 'right' : 'unknown';

  const candidates = place ? [place] : [...places.values()];
  if (candidates.some((each) => addresses.includes(addressesOf(each)))) return 'right';
  return { wrong: `${addresses[0]}, truly ${truly}` };
}

/** Whether the connections of which programs told the end have that end in the file. */
export function judgeEnds(streams: readonly Stream[], truth: Truth): Verdict {
  const verdict = new Verdict();
  for (const [token, end] of truth.ends) {
    const found = streams.filter(({ tokens }) => tokens.has(token));
    verdict.count(`end of ${token}`, judgeEnd(found, end));
  }
  return verdict;
}

function judgeEnd(streams: readonly Stream[], truly: End): Finding {
  const [stream] = streams;
  if (stream === undefined || streams.length > 1) return { wrong: `in ${streams.length} streams` };
  const { end } = stream;
  if (end === undefined) return { wrong: `does not end, truly ${truly.cause} by ${truly.by}` };
  if (end.cause !== truly.cause || end.by !== truly.by) {
    return { wrong: `${end.cause} by ${end.by}, truly ${truly.cause} by ${truly.by}` };
  }
  const late = end.time - truly.time;
  return Math.abs(late) < END_TOLERANCE_S ? 'right' : { wrong: `late by ${late.toFixed(3)} s` };
}
