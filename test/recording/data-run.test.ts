import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DataEvent, type Event, emptyDataEvent } from '../../src/event.ts';
import { loadAddon } from '../../src/native/addon.ts';
import { DATA_INTEGERS, DIRECTIONS } from '../../src/recording/data-fields.ts';
import { DataRun } from '../../src/recording/data-run.ts';
import { MAJOR, MAX_HEAD_BYTES, writeHead, writeInteger } from '../../src/recording/head.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';
import { anyEvents } from './arbitrary-event.ts';
import { MemorySource } from './memory-source.ts';
import { kept, record, replay } from './recorded.ts';

const { decodeDataItems } = loadAddon();
const NAMES = ['SSL_read', 'SSL_write', 'SSL_read_ex'];

const head = (major: number, argument: number): Uint8Array => {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  return bytes.subarray(0, writeHead(bytes, 0, major, argument));
};

const integer = (value: number): Uint8Array => {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  return bytes.subarray(0, writeInteger(bytes, 0, value));
};

type Integers = Partial<Record<(typeof DATA_INTEGERS)[number]['name'], number | Uint8Array>>;

/** An item without payload, of these integers, or bytes instead of them, and of the least others. */
function item(integers: Integers): Uint8Array {
  return Buffer.concat([
    Buffer.of(0x8c, 4),
    ...DATA_INTEGERS.map(({ name, least }) => {
      const value = integers[name] ?? Math.max(0, least);
      return typeof value === 'number' ? integer(value) : value;
    }),
    head(MAJOR.bytes, 0),
  ]);
}

/** The events that the addon decodes of these bytes. */
function eventsOf(bytes: Uint8Array): DataEvent[] {
  const run = new DataRun(decodeDataItems, NAMES);
  const rows = run.decode(bytes, 0, bytes.length);
  return Array.from({ length: rows }, (_, row) => kept(run.event(row)) as DataEvent);
}

/** All that is delivered, or why it is no recording. */
async function outcome(source: MemorySource, decodeItems?: typeof decodeDataItems) {
  try {
    return await replay(source, decodeItems);
  } catch (error) {
    if (error instanceof RecordingError) return error.message;
    throw error;
  }
}

/** Data events come in runs. */
const recordings = anyEvents.map((events) => {
  const thrice = (event: Event) => (event.kind === 'data' ? [event, event, event] : event);
  return record(events.flatMap<Event>(thrice)).bytes;
});

test('whatever the bytes, the addon changes nothing of what is read', async () => {
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      recordings,
      flips,
      fc.option(fc.nat()),
      fc.integer({ min: 1, max: 3000 }),
      async (recording, flips, cut, pieceLength) => {
        const bytes = recording.slice(0, cut === null ? undefined : cut % recording.length);
        for (const [place, mask] of flips) {
          const at = place % bytes.length;
          bytes[at] = (bytes[at] as number) ^ mask;
        }
        const source = () => new MemorySource(bytes, pieceLength);
        expect(await outcome(source(), decodeDataItems)).toEqual(await outcome(source()));
      },
    ),
    { numRuns: 2000 },
  );
});

describe.each(DATA_INTEGERS)('$name', ({ name, least, most }) => {
  const last = name === 'function' ? NAMES.length - 1 : most;
  // Long enough for every `callOffset`.
  const among = (value: number | Uint8Array) =>
    Buffer.concat([item({}), item({ originalLength: 2 ** 52, [name]: value }), item({})]);

  test.each([least, last])('%d is decoded', (value) => {
    const [, event, ...after] = eventsOf(among(value));
    const decoded = {
      ...event,
      function: NAMES.indexOf(event?.function ?? ''),
      direction: DIRECTIONS.indexOf(event?.direction ?? 'read'),
    };
    expect(decoded[name]).toBe(value);
    expect(after).toHaveLength(1);
  });

  test.each([
    ['less', integer(least - 1)],
    ['more', integer(last + 1)],
    ['2^53', integer(2 ** 53)],
    ['2^64 - 1', Buffer.from('1bffffffffffffffff', 'hex')],
    ['-2^64', Buffer.from('3bffffffffffffffff', 'hex')],
    ['a reserved head', Buffer.of(0x1c)],
    ['of indefinite length', Buffer.of(0x1f)],
    ['bytes', Buffer.of(0x40)],
    ['a text', Buffer.of(0x60)],
    ['an array', Buffer.of(0x80)],
    ['a map', Buffer.of(0xa0)],
    ['a tag', Buffer.of(0xc1, 0)],
    ['null', Buffer.of(0xf6)],
  ])('%s is left to DataDecoder', (_name, value) => {
    expect(eventsOf(among(value))).toHaveLength(1);
  });
});

test('without names there is no function', () => {
  const bytes = item({});
  expect(new DataRun(decodeDataItems, []).decode(bytes, 0, bytes.length)).toBe(0);
});

test('payloads are where the rows say, at any place of the buffer', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 70_000 }), { maxLength: 5 });
  fc.assert(
    fc.property(payloads, fc.nat(20), (payloads, before) => {
      const items = payloads.flatMap((payload) => [
        item({ originalLength: payload.length }).subarray(0, -1),
        head(MAJOR.bytes, payload.length),
        payload,
      ]);
      const bytes = Buffer.concat([Buffer.alloc(before, 0x8c), ...items]).subarray(before);
      expect(eventsOf(bytes).map(({ payload }) => payload)).toEqual(payloads);
    }),
  );
});

const OPENING: Event[] = [
  { kind: 'process', ktimeNs: 0, pid: 1, comm: '', exe: '', uid: 0 },
  {
    kind: 'session',
    ktimeNs: 0,
    session: 1,
    pid: 1,
    protocol: 'tls',
    library: '',
    connection: 0,
    evidence: 'none',
  },
];

const data = (ktimeNs: number, session = 1): DataEvent => ({
  ...emptyDataEvent(),
  ktimeNs,
  session,
  pid: 1,
  function: 'SSL_read',
});

test('events of more rows than there are at once come all, in order', async () => {
  const events = [...OPENING, ...Array.from({ length: 1000 }, (_, index) => data(index))];
  const replayed = await replay(new MemorySource(record(events).bytes), decodeDataItems);
  expect(replayed).toEqual({ events: events.map(kept), end: { kind: 'whole' } });
});

test('an event in a run that breaks a rule is damage where its item begins', async () => {
  const good = [...OPENING, data(1), data(2), data(3)];
  const { bytes, starts } = record([...good, data(4, 2), data(5)]);
  const replayed = await replay(new MemorySource(bytes), decodeDataItems);
  expect(replayed.events).toEqual(good.map(kept));
  expect(replayed.end).toEqual({
    kind: 'damaged',
    offset: starts.at(-2),
    reason: 'no event told of session 2',
  });
});

test('a handler that throws in a run has got its event, and the next one comes next', async () => {
  const events = [...OPENING, data(1), data(2), data(3), data(4)];
  const source = new MemorySource(record(events).bytes);
  const reader = await RecordingReader.open(source, decodeDataItems);
  const bug = new RecordingError('not about this recording');
  const times: number[] = [];
  const handle = ({ ktimeNs }: Event) => {
    times.push(ktimeNs);
    if (ktimeNs === 3) throw bug;
  };
  await expect(reader.deliver(handle)).rejects.toBe(bug);
  while (await reader.deliver(handle));
  expect(times).toEqual([0, 0, 1, 2, 3, 4]);
  expect(reader.end).toEqual({ kind: 'whole' });
});

test('the addon refuses bytes that are beyond an array, and ranges that make no item', () => {
  const four = new Uint8Array(4);
  const ranges = new Float64Array(2 * DATA_INTEGERS.length);
  const rows = new Float64Array(100);
  for (const [start, limit] of [
    [0, 5],
    [3, 2],
    [5, 5],
    [-1, 4],
    [0, -1],
    [2 ** 32, 2 ** 32],
  ] as const) {
    expect(() => decodeDataItems(four, start, limit, ranges, rows)).toThrow(RangeError);
  }
  for (const length of [0, 2, 44]) {
    const others = new Float64Array(length);
    expect(() => decodeDataItems(four, 0, 4, others, rows)).toThrow(RangeError);
  }
  expect(decodeDataItems(four, 4, 4, ranges, rows)).toBe(0);
});

test('the addon writes whole rows only', () => {
  const bytes = Buffer.concat([item({}), item({}), item({})]);
  const ranges = Float64Array.from(DATA_INTEGERS.flatMap(({ least, most }) => [least, most]));
  const rowLength = DATA_INTEGERS.length + 2;
  for (const [length, count] of [
    [0, 0],
    [rowLength - 1, 0],
    [rowLength, 1],
    [3 * rowLength - 1, 2],
  ] as const) {
    const rows = new Float64Array(length);
    expect(decodeDataItems(bytes, 0, bytes.length, ranges, rows)).toBe(count);
  }
});
