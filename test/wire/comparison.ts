import type { Conversation } from './dissection.ts';

/** A close of the file may be so much later or earlier than that on the wire. */
const CLOSE_TOLERANCE_S = 0.5;
/** Of what differs, so much is shown. */
const EXCERPT = 300;

/** What the capture says otherwise than the wire, a line each. */
export function differences(
  wire: readonly Conversation[],
  capture: readonly Conversation[],
): string[] {
  const found: string[] = [];
  const rest = new Map(capture.map((conversation) => [conversation.ends, conversation]));
  if (rest.size < capture.length) found.push('several streams of the capture have the same ends');
  for (const truth of wire) {
    const seen = rest.get(truth.ends);
    rest.delete(truth.ends);
    if (seen) found.push(...differencesOf(truth, seen));
    else found.push(`${truth.ends}: is not in the capture`);
  }
  for (const ends of rest.keys()) found.push(`${ends}: is not on the wire`);
  return found;
}

function differencesOf(wire: Conversation, capture: Conversation): string[] {
  return [
    ...differencesOfSide(wire, capture, 'client'),
    ...differencesOfSide(wire, capture, 'server'),
    ...differencesOfClose(wire, capture),
  ];
}

function differencesOfSide(
  wire: Conversation,
  capture: Conversation,
  side: 'client' | 'server',
): string[] {
  const place = `${wire.ends}, ${side}`;
  const at = wire[side].findIndex((said, index) => said !== capture[side][index]);
  if (at !== -1) {
    return [
      `${place}: message ${at} is ${excerptAt(capture[side][at], wire[side][at])}, ` +
        `on the wire ${excerptAt(wire[side][at], capture[side][at])}`,
    ];
  }
  const more = capture[side].length - wire[side].length;
  return more > 0 ? [`${place}: ${more} messages more than on the wire`] : [];
}

/** From a little before the first character that differs. */
function excerptAt(text: string | undefined, other: string | undefined): string {
  if (text === undefined) return 'missing';
  let at = 0;
  while (other !== undefined && at < text.length && text[at] === other[at]) at++;
  const start = Math.max(0, at - 60);
  return `${text.slice(0, 20)} … ${text.slice(start, start + EXCERPT)}`;
}

function differencesOfClose(wire: Conversation, capture: Conversation): string[] {
  const [truth, seen] = [wire.close, capture.close];
  if (truth === undefined || seen === undefined) {
    return truth === seen ? [] : [`${wire.ends}: only one of them closes`];
  }
  const late = seen.epochS - truth.epochS;
  if (truth.by === seen.by && truth.cause === seen.cause && Math.abs(late) < CLOSE_TOLERANCE_S) {
    return [];
  }
  const told = `${seen.cause} by ${seen.by}, ${late.toFixed(3)} s late`;
  return [`${wire.ends}: closes with ${told}; on the wire ${truth.cause} by ${truth.by}`];
}
