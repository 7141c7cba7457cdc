import type { Direction } from '../../src/event.ts';
import { FRAME_HEADER_LENGTH, frameLength, frameType } from '../../src/http-sniff/http2-frame.ts';
import { CLIENT_PREFACE } from '../../src/http-sniff/http2-start.ts';
import { http2ExchangeOf } from './http2-exchange.ts';
import type { ShownBlock } from './shown-headers.ts';

/** Requests of the conversation, and so responses. */
export const TURNS = 14;
const HEADERS = 1;
export const DIRECTIONS = ['write', 'read'] as const;
const SENDER = { write: 'client', read: 'server' } as const;

/** Bytes of a direction, from one to before another. */
interface Range {
  from: number;
  to: number;
}
export interface Loss extends Range {
  direction: Direction;
}
type Frame = Range & { type: number; stream: number };
/** Of a header block. */
export type Block = Omit<ShownBlock, 'fields'>;

/** All that both ends say, with values that come again when others came between them. */
export async function say(): Promise<Record<Direction, Buffer>> {
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
export const CALLS: Record<string, (frames: readonly Frame[], length: number) => number[]> = {
  'a frame each': (frames) => frames.map(({ to }) => to),
  'frame headers apart': (frames) =>
    frames.flatMap(({ from, to }) => [from, from + FRAME_HEADER_LENGTH, to]),
  'of 90 bytes': (_, length) => Array.from({ length: length / 90 }, (_, index) => 90 * (index + 1)),
};

export interface Call extends Range {
  direction: Direction;
  isLost: boolean;
}

/** The calls of both directions in turn, of which those at the loss are lost. */
export function callsOf(said: Record<Direction, Buffer>, kind: string, loss?: Loss): Call[] {
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
export function wholeBlocks(
  said: Record<Direction, Buffer>,
  calls: readonly Call[],
  loss: Loss,
): Block[] {
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
