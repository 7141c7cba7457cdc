import { beforeAll, describe, expect, test } from 'vitest';
import type { Direction } from '../../src/event.ts';
import { FRAME_HEADER_LENGTH, frameLength, frameType } from '../../src/http-sniff/http2-frame.ts';
import { CLIENT_PREFACE } from '../../src/http-sniff/http2-start.ts';
import { CaptureScript } from './capture-script.ts';
import { http2ExchangeOf } from './http2-exchange.ts';
import { isHonest, type ShownBlock, shownHeaders } from './shown-headers.ts';

const TURNS = 14;
const HEADERS = 1;
/** In bytes: of 9 is an empty frame. */
const LOSSES = [1, 9, 10, 30, 60, 200, 2, 400];
const DIRECTIONS = ['write', 'read'] as const;
const SENDER = { write: 'client', read: 'server' } as const;

/** Bytes of a direction, from one to before another. */
interface Range {
  from: number;
  to: number;
}
interface Loss extends Range {
  direction: Direction;
}
type Frame = Range & { type: number; stream: number };
type Block = Omit<ShownBlock, 'fields'>;

function isCall(call: Call | undefined): call is Call {
  return call !== undefined;
}

/** All that both ends say, with values that come again when others came between them. */
async function say(): Promise<Record<Direction, Buffer>> {
  const paths = Array.from({ length: TURNS }, (_, turn) => `/${turn}/${(turn % 4) * 40}`);
  const turnOf = (path: string) => Number(path.split('/')[1]);
  const sent = await http2ExchangeOf(
    paths.map((path) => [path]),
    {
      request: (path) => ({
        'x-turn': `${turnOf(path)}`,
        'x-third': `third ${turnOf(path) % 3}`,
        'x-fifth': `fifth ${turnOf(path) % 5}`,
      }),
      response: (path) => ({
        'x-answer': `${turnOf(path)}`,
        'x-fourth': `fourth ${turnOf(path) % 4}`,
        'x-half': `half ${turnOf(path) % 2}`,
      }),
    },
  );
  const of = (wanted: Direction) =>
    Buffer.concat(
      sent.flat().flatMap(({ direction, bytes }) => (direction === wanted ? bytes : [])),
    );
  return { read: of('read'), write: of('write') };
}

/** The preface is none. */
function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  let from = bytes.toString('latin1').startsWith(CLIENT_PREFACE) ? CLIENT_PREFACE.length : 0;
  while (from < bytes.length) {
    const to = from + FRAME_HEADER_LENGTH + frameLength(bytes, from);
    frames.push({ from, to, type: frameType(bytes, from), stream: bytes.readUInt32BE(from + 5) });
    from = to;
  }
  return frames;
}

/** Where the calls end in which programs read and write. */
const CALLS: Record<string, (frames: readonly Frame[], length: number) => number[]> = {
  'a frame each': (frames) => frames.map(({ to }) => to),
  'frame headers apart': (frames) =>
    frames.flatMap(({ from, to }) => [from, from + FRAME_HEADER_LENGTH, to]),
  'of 90 bytes': (_, length) => Array.from({ length: length / 90 }, (_, index) => 90 * (index + 1)),
};

interface Call extends Range {
  direction: Direction;
  isLost: boolean;
}

/** The calls of both directions in turn, of which those at the loss are lost. */
function callsOf(said: Record<Direction, Buffer>, kind: string, loss?: Loss): Call[] {
  const calls = DIRECTIONS.flatMap((direction) => {
    const bytes = said[direction];
    const lost = loss?.direction === direction ? loss : { from: 0, to: 0 };
    const cuts = CALLS[kind]?.(framesOf(bytes), bytes.length) ?? [];
    const all = new Set([...cuts, lost.from, lost.to, bytes.length].filter((to) => to > 0));
    const ends = [...all].sort((one, other) => one - other);
    return ends.map((to, index) => {
      const from = ends[index - 1] ?? 0;
      return { direction, from, to, isLost: from >= lost.from && to <= lost.to };
    });
  });
  const place = ({ direction, from }: Call) => from / said[direction].length;
  return calls.sort((one, other) => place(one) - place(other));
}

/**
 * Where a direction of which something is missing, or which goes on in another stream, can be known
 * to go on from an offset: at the first frame whose header is in one call.
 */
function goesOnAt(frames: readonly Frame[], calls: readonly Call[], offset: number): number {
  const isKnown = ({ from }: Frame) =>
    calls.some(
      (call) => !call.isLost && call.from <= from && call.to >= from + FRAME_HEADER_LENGTH,
    );
  const first = frames.find((frame) => frame.from >= offset && isKnown(frame));
  return first?.from ?? Number.POSITIVE_INFINITY;
}

/** The header blocks that came whole, but those under way when a stream is left for another one. */
function wholeBlocks(said: Record<Direction, Buffer>, calls: readonly Call[], loss: Loss): Block[] {
  const of = (wanted: Direction) => calls.filter(({ direction }) => direction === wanted);
  const next = goesOnAt(framesOf(said[loss.direction]), of(loss.direction), loss.to);
  const last = calls.findIndex(
    ({ direction, from, to }) => direction === loss.direction && from <= next && to > next,
  );
  return DIRECTIONS.flatMap((direction) => {
    const frames = framesOf(said[direction]);
    const isLossy = direction === loss.direction;
    const before = calls.slice(0, last).findLast((call) => call.direction === direction)?.to ?? 0;
    const left = isLossy ? loss.from : before;
    const from = isLossy ? next : goesOnAt(frames, of(direction), left);
    return frames
      .filter((frame) => frame.type === HEADERS && (frame.to <= left || frame.from >= from))
      .map(({ stream }) => ({ sender: SENDER[direction], stream }));
  });
}

describe.each([443, 80])('HTTP/2 that lost bytes, port %i', (remotePort) => {
  const capture = new CaptureScript();
  const conversations: { name: string; whole: Block[] }[] = [];
  let said: Record<Direction, Buffer>;
  let shown: ShownBlock[][];

  function tell(kind: string, loss: Loss): void {
    const session = capture.conversation({ remotePort });
    const calls = callsOf(said, kind, loss);
    for (const { direction, from, to, isLost } of calls) {
      if (isLost) session.lose(direction, to - from);
      else session[direction](said[direction].subarray(from, to));
    }
    session.end();
    capture.close(session.connection);
    const { direction, from, to } = loss;
    const isSeen = remotePort === 443 || (kind !== 'of 90 bytes' && from > 0);
    const name = `calls ${kind}, ${direction} without ${from} to ${to}`;
    conversations.push({
      name,
      whole: kind in CALLS && isSeen ? wholeBlocks(said, calls, loss) : [],
    });
  }

  beforeAll(async () => {
    said = await say();
    for (const direction of DIRECTIONS) {
      const { length } = said[direction];
      tell('a frame each', { direction, from: 0, to: 0 });
      for (const kind of Object.keys(CALLS)) {
        const calls = callsOf(said, kind).filter((call) => call.direction === direction);
        for (const [index, { from }] of calls.entries()) {
          for (const { to } of [calls[index], calls[index + 1], calls[index + 6]].filter(isCall))
            tell(kind, { direction, from, to });
        }
      }
      for (let from = 0; from < length; from += 2) {
        const bytes = LOSSES[(from / 2) % LOSSES.length] as number;
        tell('as it may be', { direction, from, to: Math.min(from + bytes, length) });
      }
    }
    const byClient = shownHeaders(capture.save());
    shown = conversations.map(
      (_, index) => byClient.get(`10.1.${(index + 1) >> 8}.${(index + 1) & 255}`) ?? [],
    );
  }, 120_000);

  test('no header has a value that was not sent', () => {
    const [truth = []] = shown;
    expect(truth).toHaveLength(2 * TURNS);
    const key = ({ sender, stream }: Block) => `${sender} ${stream}`;
    const wrong: unknown[] = [];
    const unseen: unknown[] = [];
    for (const [index, { name, whole }] of conversations.entries()) {
      const blocks = (shown[index] ?? []).filter(({ fields }) => fields.length > 0);
      for (const block of blocks) {
        const sent = truth.find((other) => key(other) === key(block));
        if (!sent || !isHonest(sent.fields, block.fields)) wrong.push([name, block, sent]);
      }
      const not = whole
        .filter((frame) => !blocks.some((block) => key(block) === key(frame)))
        .map(key);
      if (not.length) unseen.push([name, not]);
    }
    console.log(
      conversations.length,
      wrong.length,
      unseen.length,
      said.write.length,
      said.read.length,
    );
    for (const w of wrong.slice(0, 8)) console.log(JSON.stringify(w));
    for (const w of unseen.slice(0, 12)) console.log(JSON.stringify(w));
    expect([wrong.length, unseen.length]).toEqual([0, 0]);
  });
});
