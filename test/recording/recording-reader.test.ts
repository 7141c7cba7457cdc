import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataEvent, Event } from '../../src/event.ts';
import type { ByteSource } from '../../src/recording/byte-source.ts';
import { MAX_ITEM_BYTES } from '../../src/recording/format.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { RecordingReader } from '../../src/recording/recording-reader.ts';
import { anyEvents } from './arbitrary-event.ts';
import { MemorySource } from './memory-source.ts';
import { HEADER, kept, record, replay } from './recorded.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });

function data(payload: Uint8Array, more: Partial<DataEvent> = {}): DataEvent {
  return {
    kind: 'data',
    ktimeNs: 5_000_000_000,
    durationNs: 700,
    session: 1,
    pid: 42,
    tid: 43,
    direction: 'write',
    function: 'SSL_write',
    position: 0,
    callOffset: 0,
    originalLength: payload.length,
    payload,
    payloadStart: 0,
    capturedLength: payload.length,
    ...more,
  };
}

const PROCESS: Event = {
  kind: 'process',
  ktimeNs: -5,
  pid: 42,
  comm: 'curl',
  exe: '/usr/bin/curl',
  uid: 1000,
};

const SESSION: Event = {
  kind: 'session',
  ktimeNs: 5,
  session: 1,
  pid: 42,
  protocol: 'tls',
  library: '/lib/x86_64-linux-gnu/libssl.so.3',
  connection: 0,
  evidence: 'none',
};

const EVENTS: Event[] = [
  PROCESS,
  SESSION,
  data(Buffer.from('GET / HTTP/1.1\r\n\r\n')),
  data(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), { direction: 'read', function: 'SSL_read' }),
  { kind: 'session-end', ktimeNs: 8e15, session: 1, readPosition: 19, writePosition: 18 },
  { kind: 'statistics', ktimeNs: 8e15, calls: 2, bytes: 37, lost: [], contradictions: 0 },
];

test('any events come back as they were, in pieces of any length', async () => {
  await fc.assert(
    fc.asyncProperty(anyEvents, fc.integer({ min: 1, max: 3000 }), async (events, pieceLength) => {
      const { bytes } = record(events);
      const replayed = await replay(new MemorySource(bytes, pieceLength));
      expect(replayed).toEqual({ events: events.map(kept), end: { kind: 'whole' } });
    }),
  );
});

test('the header is known before the first event', async () => {
  const reader = await RecordingReader.open(new MemorySource(record([]).bytes));
  expect(reader.header).toEqual(HEADER);
  expect(reader.end).toBeUndefined();
  expect(await reader.deliver(() => expect.unreachable())).toBe(false);
  expect(reader.end).toEqual({ kind: 'whole' });
});

test('cut off at any byte, all whole events come, and the rest is counted', async () => {
  const { bytes, starts } = record(EVENTS);
  const [headerLength] = starts.slice(1);
  for (let length = 0; length < bytes.length; length++) {
    const source = new MemorySource(bytes.subarray(0, length));
    if (length < (headerLength as number)) {
      await expect(replay(source)).rejects.toThrow(
        new RecordingError(
          length === 0
            ? 'memory: empty'
            : length < 3
              ? 'memory: not a plaincap recording'
              : 'memory: cut off in its header',
        ),
      );
      continue;
    }
    const { events, end } = await replay(source);
    const offset = starts.findLast((start) => start <= length) as number;
    // Two items are names, in front of the first and the second data event.
    const items = starts.indexOf(offset) - 1;
    expect(events).toEqual(EVENTS.map(kept).slice(0, events.length));
    expect(events.length).toBe(items - (items > 2 ? 1 : 0) - (items > 4 ? 1 : 0));
    expect(end).toEqual(
      offset === length
        ? { kind: 'whole' }
        : { kind: 'cut-off', offset, bytesLeft: length - offset },
    );
  }
});

test('flipped bytes give events or a reason, and never another error', async () => {
  const { bytes } = record(EVENTS);
  const flip = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(
      fc.array(flip, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 200 }),
      async (flips, pieceLength) => {
        const flipped = Uint8Array.from(bytes);
        for (const [at, mask] of flips) flipped[at] = (flipped[at] as number) ^ mask;
        try {
          const { end } = await replay(new MemorySource(flipped, pieceLength));
          if (end.kind !== 'whole') expect(end.offset).toBeLessThan(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordingError);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('any bytes after a good header give events or a reason', async () => {
  const { bytes } = record([]);
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (rest) => {
      const { end } = await replay(new MemorySource(Buffer.concat([bytes, rest])));
      if (end.kind !== 'whole') expect(end.offset).toBeGreaterThanOrEqual(bytes.length);
    }),
    { numRuns: 5000 },
  );
});

describe('damage ends the recording at its offset', () => {
  test.each([
    ['an item that is no array', encoder.encode('text'), 'an item is not an array'],
    ['an unknown kind', encoder.encode([99, 1, 2]), 'an item is of no known kind'],
    ['a field out of its range', encoder.encode([5, 0, 0, 0, 0]), 'session of a session-end event'],
    [
      'a data field out of its range',
      encoder.encode([4, 0, -1, ...Array(10).fill(0)]),
      'durationNs',
    ],
    ['a tag', Buffer.from('c11a514b67b0', 'hex'), '0xc1 begins no CBOR item of a recording'],
    ['zeroes, as after a crash', Buffer.alloc(4096), 'an item is not an array'],
  ])('%s', async (_name, damage, reason) => {
    const { bytes } = record(EVENTS);
    const more = record(EVENTS);
    const behind = more.bytes.subarray(more.starts[1]);
    const { events, end } = await replay(new MemorySource(Buffer.concat([bytes, damage, behind])));
    expect(events).toEqual(EVENTS.map(kept));
    expect(end).toMatchObject({ kind: 'damaged', offset: bytes.length });
    expect(end).toHaveProperty('reason', expect.stringContaining(reason));
  });
});

test('an item may be longer than a chunk', async () => {
  const payload = new Uint8Array(5_000_000).map((_, index) => index % 251);
  const events = [PROCESS, SESSION, data(payload), data(payload), data(Uint8Array.of(1))];
  const { bytes } = record(events);
  for (const pieceLength of [65_536, 1_000_001, Number.POSITIVE_INFINITY]) {
    const replayed = await replay(new MemorySource(bytes, pieceLength));
    expect(replayed.end).toEqual({ kind: 'whole' });
    expect(replayed.events.length).toBe(5);
    for (const [index, event] of replayed.events.entries()) {
      if (event.kind !== 'data') continue;
      expect(Buffer.compare(event.payload, (events[index] as DataEvent).payload)).toBe(0);
    }
  }
});

test.each([
  ['data', [4, 0, 0, 1, 1, 1, 0, 0, 0, 0, 2 ** 31], new Uint8Array(MAX_ITEM_BYTES)],
  ['another event', [1, 0, 1], 'a'.repeat(MAX_ITEM_BYTES)],
])('an item of %s that is too long is damage', async (_name, elements, long) => {
  const { bytes } = record([]);
  const name = encoder.encode([0, 'SSL_read']);
  const start = Buffer.concat([bytes, name]);
  const item = encoder.encode([...elements, long]);
  for (const pieceLength of [10_000_000, Number.POSITIVE_INFINITY]) {
    const { end } = await replay(new MemorySource(Buffer.concat([start, item]), pieceLength));
    expect(end).toEqual({
      kind: 'damaged',
      offset: start.length,
      reason: `an item is longer than ${MAX_ITEM_BYTES} bytes`,
    });
  }
});

test('one chunk and no more is read ahead of the caller', async () => {
  const events = Array.from({ length: 100 }, () => data(new Uint8Array(100)));
  const { bytes } = record([PROCESS, SESSION, ...events]);
  const source = new MemorySource(bytes, 1000);
  const reader = await RecordingReader.open(source);
  let delivered = 0;
  expect(source.reads).toBe(2);
  for (let calls = 1; await reader.deliver(() => delivered++); calls++) {
    expect(source.reads).toBe(2 + calls);
    expect(delivered).toBeLessThanOrEqual(((1 + calls) * 1000) / 100);
  }
  expect(delivered).toBe(102);
});

test('memory does not grow with the recording', async () => {
  const events = Array.from({ length: 1000 }, () => data(new Uint8Array(16_384)));
  const { bytes, starts } = record([PROCESS, SESSION, ...events]);
  // The header and what data events name, and then these 20 times: 320 MB.
  const items = bytes.subarray(starts[4]);
  const parts = [bytes.subarray(0, starts[4]), ...Array<Uint8Array>(20).fill(items)];
  let part = new MemorySource(parts.shift() as Uint8Array);
  const source: ByteSource = {
    name: 'long',
    async read(into) {
      const length = await part.read(into);
      if (length > 0 || parts.length === 0) return length;
      part = new MemorySource(parts.shift() as Uint8Array);
      return part.read(into);
    },
    async close() {},
  };
  const before = process.memoryUsage().arrayBuffers;
  const reader = await RecordingReader.open(source);
  let delivered = 0;
  while (await reader.deliver(() => delivered++));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4_000_000);
  expect(delivered).toBe(20_002);
});

test('an error of the handler is passed on', async () => {
  const reader = await RecordingReader.open(new MemorySource(record(EVENTS).bytes));
  const bug = new RecordingError('not about this recording');
  const handle = () => {
    throw bug;
  };
  await expect(reader.deliver(handle)).rejects.toBe(bug);
});
