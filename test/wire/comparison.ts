import { type Conversation, readBy, SIDES, type Side } from './conversation.ts';

/** A close of the file may be so much later or earlier than that on the wire. */
const CLOSE_TOLERANCE_S = 0.5;
/** Of what differs, so much is shown. */
const EXCERPT = 300;

/**
 * What the capture says otherwise than the wire, a line each.
 *
 * @param capturedSide what the other end sent at last, this one may have closed without reading
 */
export function differences(
  wire: readonly Conversation[],
  capture: readonly Conversation[],
  capturedSide: Side,
): string[] {
  const found: string[] = [];
  const rest = [...capture];
  for (const truth of wire) {
    // One after another, connections may have the same ends.
    const at = rest.findIndex(({ ends }) => ends === truth.ends);
    if (isSilent(truth) && !(rest[at] && isSilent(rest[at]))) continue;
    const [seen] = at < 0 ? [] : rest.splice(at, 1);
    if (seen) found.push(...differencesOf(truth, seen, capturedSide));
    else found.push(`${truth.ends}: is not in the capture`);
  }
  return [...found, ...rest.map(({ ends }) => `${ends}: is not on the wire`)];
}

/** A connection without a byte of plaintext: plaincap has nothing to tell of it. */
function isSilent({ client, server }: Conversation): boolean {
  return client.length + server.length === 0;
}

function differencesOf(wire: Conversation, capture: Conversation, capturedSide: Side): string[] {
  return [
    ...SIDES.flatMap((side) => {
      const said = wire[side];
      const moved = side === capturedSide ? said.length : readBy(wire, capturedSide);
      return differencesOfSide(said, capture[side], moved);
    }).map((difference) => `${wire.ends}, ${difference}`),
    ...differencesOfClose(wire, capture),
  ];
}

type Layers = ReadonlyMap<string, readonly string[]>;

function byLayer(texts: readonly string[]): Layers {
  const layers = new Map<string, string[]>();
  for (const text of texts) {
    const layer = text.slice(0, text.indexOf(' '));
    layers.set(layer, [...(layers.get(layer) ?? []), text]);
  }
  return layers;
}

/** @param moved so many of the wire's messages must be in the capture, the others may be */
function differencesOfSide(
  wire: readonly string[],
  capture: readonly string[],
  moved: number,
): string[] {
  const [all, must, have] = [wire, wire.slice(0, moved), capture].map(byLayer) as [
    Layers,
    Layers,
    Layers,
  ];
  const layers = new Set([...all.keys(), ...have.keys()]);
  return [...layers].flatMap((layer) => {
    const [said, seen] = [all.get(layer) ?? [], have.get(layer) ?? []];
    const length = Math.max(must.get(layer)?.length ?? 0, seen.length);
    for (let at = 0; at < length; at++) {
      if (said[at] === seen[at]) continue;
      const [truth, other] = [excerptAt(said[at], seen[at]), excerptAt(seen[at], said[at])];
      return [`${layer} ${at} is ${other}, on the wire ${truth}`];
    }
    return [];
  });
}

/** From a little before the first character that differs. */
function excerptAt(text: string | undefined, other: string | undefined): string {
  if (text === undefined) return 'missing';
  let at = 0;
  while (other !== undefined && at < text.length && text[at] === other[at]) at++;
  const start = Math.max(0, at - 60);
  return `… ${text.slice(start, start + EXCERPT)}`;
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
