import { beforeAll, describe, expect, test } from 'vitest';
import type { Direction } from '../../src/event.ts';
import { CaptureScript } from './capture-script.ts';
import {
  type Block,
  CALLS,
  type Call,
  callsOf,
  DIRECTIONS,
  type Loss,
  say,
  TURNS,
  wholeBlocks,
} from './http2-calls.ts';
import { isHonest, type ShownBlock, shownHeaders } from './shown-headers.ts';

/** In bytes: of 9 is an empty frame. */
const LOSSES = [1, 9, 10, 30, 60, 200, 2, 400];

function isCall(call: Call | undefined): call is Call {
  return call !== undefined;
}

describe.each([443, 80])('HTTP/2 that lost bytes, port %i', (remotePort) => {
  const capture = new CaptureScript();
  const conversations: { name: string; whole: Block[] }[] = [];
  let said: Record<Direction, Buffer>;
  let shown: ShownBlock[][];
  /** Of the first conversation, which lost nothing. */
  let truth: ShownBlock[];

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
    // In bare TCP, Wireshark loses frames whose header is in two segments, and all without a preface.
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
    shown = conversations.map((_, index) => {
      const number = index + 1;
      const blocks = byClient.get(`10.1.${number >> 8}.${number & 255}`) ?? [];
      // Of what is cut off by a hole in bare TCP, there is nothing but a frame's header.
      return blocks.filter(({ fields }) => fields.length > 0);
    });
    truth = shown[0] ?? [];
  }, 120_000);

  const keyOf = ({ sender, stream }: Block) => `${sender} ${stream}`;

  test('no header is shown with another value than it has', () => {
    expect(truth).toHaveLength(2 * TURNS);
    const wrong = conversations.flatMap(({ name }, index) =>
      (shown[index] ?? [])
        .filter((block) => {
          const sent = truth.find((other) => keyOf(other) === keyOf(block));
          return sent === undefined || !isHonest(sent.fields, block.fields);
        })
        .map((block) => `${name}: ${keyOf(block)} ${block.fields}`),
    );
    expect(wrong).toEqual([]);
  });

  test('each header block that came whole is shown', () => {
    const unseen = conversations.flatMap(({ name, whole }, index) => {
      const seen = new Set(shown[index]?.map(keyOf));
      return whole
        .filter((block) => !seen.has(keyOf(block)))
        .map((block) => `${name}: ${keyOf(block)}`);
    });
    expect(unseen).toEqual([]);
  });

  test('values that were said after the loss are known', () => {
    const fields = shown.flatMap((blocks) => blocks.flatMap((block) => block.fields));
    const unknown = fields.filter((field) => field.startsWith('<unknown>'));
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.length).toBeLessThan(fields.length / 4);
  });
});
