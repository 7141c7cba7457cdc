import { beforeAll, expect, test } from 'vitest';
import { CaptureScript } from './capture-script.ts';
import { Chance } from './chance.ts';
import { type ShownEnd, shownWebSocket } from './shown-websocket.ts';
import {
  CALLS,
  type Form,
  type Loss,
  MAX_EVENT_BYTES,
  type ToldEnd,
  tellWebSocket,
} from './websocket-script.ts';
import { complaints } from './wireshark.ts';

/** In TLS records; in bare TCP, with holes and with zeros in frames. */
const FORMS: Form[] = [
  { remotePort: 54_321, protocol: 'tls', isFilled: true },
  { remotePort: 80, protocol: 'tls', isFilled: false },
  { remotePort: 80, protocol: 'plain', isFilled: true },
];

const chance = new Chance();

/** Frame 4 is a part of a message and longer than an event, as are 6, 7 and 11. */
const LOSSES: Loss[] = [
  { name: 'nothing', loses: () => false },
  ...CALLS.map(([first]) => ({
    name: `the call with frame ${first}`,
    loses: (frame: number) => frame === first,
  })),
  { name: 'every second frame', loses: (frame) => frame % 2 === 1 },
  { name: 'all frames', loses: () => true },
  { name: 'within a payload', loses: (frame, at) => frame === 7 && at === MAX_EVENT_BYTES },
  { name: "a payload's end", loses: (frame, at) => frame === 7 && at > MAX_EVENT_BYTES },
  {
    name: 'from a payload into another',
    loses: (frame, at) => (frame === 4 && at > 0) || frame === 5 || (frame === 6 && at === 0),
  },
  { name: "a long frame's begin", loses: (frame, at) => frame === 7 && at === 0 },
  { name: "the last long frame's begin", loses: (frame, at) => frame === 11 && at === 0 },
  { name: 'headers', loses: (_, at) => at === 0, cuts: [14] },
  { name: "headers' first byte", loses: (_, at) => at === 0, cuts: [1] },
  { name: "all behind headers' first byte", loses: (_, at) => at === 1, cuts: [1] },
  { name: 'in lengths', loses: (_, at) => at === 3, cuts: [3] },
  { name: 'in masking keys', loses: (_, at, end) => at === 5 && end === 7, cuts: [5, 7] },
  ...Array.from({ length: 10 }, (_, round) => ({
    name: `at random, ${round}`,
    loses: () => chance.next() < 0.3,
  })),
  ...[3, 4, 8, 14].map((cut) => ({
    name: `at random, calls that end behind ${cut}`,
    loses: () => chance.next() < 0.3,
    cuts: [cut],
  })),
];

const capture = new CaptureScript();
let path: string;
let ends: { told: ToldEnd; shown: ShownEnd }[];
let summary: ReturnType<CaptureScript['end']>;

beforeAll(() => {
  const told = LOSSES.flatMap((loss) =>
    FORMS.flatMap((form) => tellWebSocket(capture, form, loss)),
  );
  summary = capture.end();
  path = capture.save();
  const shown = shownWebSocket(path);
  ends = told.map((each) => ({ told: each, shown: shown.get(each.key) as ShownEnd }));
});

/** Those of the expected names that are not among the names, in this order. */
function absentIn(names: readonly string[], expected: readonly string[]): string[] {
  let from = 0;
  return expected.filter((name) => {
    const at = names.indexOf(name, from);
    if (at >= 0) from = at + 1;
    return at < 0;
  });
}

test('every WebSocket frame that came whole is dissected, whatever is lost, and none that was not sent', () => {
  for (const { told, shown } of ends) {
    const { frames, form, name } = told;
    const toShow = frames.filter((frame) => {
      return frame.told === 'whole' || (frame.told === 'header' && form.isFilled);
    });
    const expected = toShow.map((frame) => frame.name);
    // What came of a header is shown with another length.
    const parts = frames.filter((frame) => frame.told === 'part').length;
    expect.soft(absentIn(shown.frames, expected), name).toEqual([]);
    expect.soft(shown.frames.length, name).toBeLessThanOrEqual(expected.length + parts);
  }
});

test('what is delivered and what is told as missing is all that was moved', () => {
  for (const { told, shown } of ends) expect.soft(shown.lost, told.name).toBe(told.lost);
  const missing = ends.reduce((sum, { shown }) => sum + shown.lost + shown.leftOut, 0);
  const moved = ends.reduce((sum, { told }) => sum + told.moved, 0);
  expect(summary.bytes.read + summary.bytes.write + missing).toBe(moved);
});

test('TLS records have as many bytes as were moved', () => {
  const inTls = ends.filter(({ told }) => told.form.remotePort !== 80);
  for (const { told, shown } of inTls) expect.soft(shown.bytes, told.name).toBe(told.moved);
});

test('Wireshark complains of holes in bare TCP, and of zeros in texts, alone', () => {
  const harmless = /common at capture start\)|Trailing stray characters$/;
  expect(complaints(path).filter((complaint) => !harmless.test(complaint))).toEqual([]);
});
