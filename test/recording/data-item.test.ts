import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataEvent } from '../../src/event.ts';
import { loadAddon } from '../../src/native/addon.ts';
import { DataDecoder } from '../../src/recording/data-decoder.ts';
import { encodeDataHead } from '../../src/recording/data-encoder.ts';
import { DATA_INTEGERS, MAX_DATA_HEAD_BYTES } from '../../src/recording/data-fields.ts';
import { DataRun } from '../../src/recording/data-run.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { dataEvent } from './arbitrary-event.ts';
import { kept } from './recorded.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });

function encoded(event: DataEvent, functionCode = 0): Uint8Array {
  const head = new Uint8Array(MAX_DATA_HEAD_BYTES);
  const length = encodeDataHead(head, event, functionCode);
  const { payload, payloadStart, capturedLength } = event;
  return Buffer.concat([
    head.subarray(0, length),
    payload.subarray(payloadStart, payloadStart + capturedLength),
  ]);
}

/** The elements of a good item, by name, with some of them replaced. */
function item(changes: Partial<Record<string, unknown>>, ...added: unknown[]): Uint8Array {
  const good = {
    kind: 4,
    ktimeNs: 1,
    durationNs: 2,
    session: 3,
    pid: 4,
    tid: 5,
    direction: 1,
    function: 0,
    position: 6,
    callOffset: 7,
    originalLength: 12,
    payload: Buffer.from('hello'),
  };
  return encoder.encode([...Object.values({ ...good, ...changes }), ...added]);
}

const decode = (bytes: Uint8Array, names = ['SSL_read']) =>
  new DataDecoder(names).decode(bytes, 0, bytes.length);

const { decodeDataItems } = loadAddon();

/** How many of the items behind each other the addon decodes. */
function runLength(...items: Uint8Array[]): number {
  const bytes = Buffer.concat(items);
  return new DataRun(decodeDataItems, ['SSL_read']).decode(bytes, 0, bytes.length);
}

test('any event is read back as it was, at any place of the buffer', () => {
  fc.assert(
    fc.property(dataEvent, fc.nat(300), (event, before) => {
      const item = encoded(event);
      const bytes = Buffer.concat([Buffer.alloc(before, 0x84), item, Buffer.alloc(300, 0x84)]);
      const decoder = new DataDecoder([event.function]);
      expect(DataDecoder.accepts(bytes, before, bytes.length)).toBe(true);
      const decoded = decoder.decode(bytes, before, bytes.length) as DataEvent;
      expect(kept(decoded)).toEqual(kept(event));
      expect(decoder.end).toBe(before + item.length);
    }),
  );
});

test('the item is what cbor-x reads, its integers in the order of DATA_INTEGERS', () => {
  fc.assert(
    fc.property(dataEvent, (event) => {
      const [kind, ...elements] = encoder.decode(encoded(event, 7)) as unknown[];
      const payload = elements.pop();
      expect(kind).toBe(4);
      const expected = { ...event, direction: event.direction === 'read' ? 0 : 1, function: 7 };
      expect(elements.map(Number)).toEqual(DATA_INTEGERS.map(({ name }) => expected[name]));
      expect(Uint8Array.from(payload as Uint8Array)).toEqual((kept(event) as DataEvent).payload);
    }),
  );
});

test('an item cut anywhere is not there yet', () => {
  for (const payload of [Buffer.from('hello'), Buffer.alloc(1000)]) {
    const bytes = item({ payload, ktimeNs: 2n ** 40n, originalLength: 70_000 });
    const run = new DataRun(decodeDataItems, ['SSL_read']);
    for (let end = 0; end < bytes.length; end++) {
      expect(new DataDecoder(['SSL_read']).decode(bytes, 0, end)).toBeUndefined();
      expect(run.decode(bytes, 0, end)).toBe(0);
    }
    expect(run.decode(bytes, 0, bytes.length)).toBe(1);
    expect(decode(bytes)?.capturedLength).toBe(payload.length);
  }
});

test('the payload is not copied, and one object serves all', () => {
  const decoder = new DataDecoder(['SSL_read']);
  const bytes = item({});
  const first = decoder.decode(bytes, 0, bytes.length);
  expect(first?.payload).toBe(bytes);
  expect(decoder.decode(bytes, 0, bytes.length)).toBe(first);
});

test('integers may be longer than needed', () => {
  const bytes = Buffer.concat([
    Buffer.from('8c04', 'hex'),
    ...[1, 2, 3, 4, 5, 1, 0, 6, 7, 12].map((value) => {
      const head = Buffer.of(0x1b, 0, 0, 0, 0, 0, 0, 0, 0);
      head.writeBigUInt64BE(BigInt(value), 1);
      return head;
    }),
    Buffer.from('5b0000000000000005', 'hex'),
    Buffer.from('hello'),
  ]);
  expect(bytes.length).toBe(MAX_DATA_HEAD_BYTES + 5);
  expect(kept(decode(bytes) as DataEvent)).toEqual(kept(decode(item({})) as DataEvent));
  expect(runLength(bytes, bytes)).toBe(2);
});

test('fields that a later version adds at the end are ignored', () => {
  const bytes = item({}, 'later', [1, 2, 3]);
  const decoder = new DataDecoder(['SSL_read']);
  expect(decoder.decode(bytes, 0, bytes.length)).toMatchObject({ tid: 5, capturedLength: 5 });
  expect(decoder.end).toBe(bytes.length);
  expect(runLength(item({}), bytes)).toBe(1);
  for (let end = 0; end < bytes.length; end++) {
    expect(decoder.decode(bytes, 0, end)).toBeUndefined();
  }
});

test.each([
  ['reserved', '1c'],
  ['indefinite', '1f'],
])('a %s integer is none, whatever follows', (_name, initial) => {
  const bytes = Buffer.concat([Buffer.from(`8c04${initial}`, 'hex'), Buffer.alloc(1000)]);
  expect(() => decode(bytes)).toThrow('ktimeNs of a data event is not an integer');
  expect(runLength(bytes)).toBe(0);
});

test('a payload of indefinite length is none', () => {
  const bytes = Buffer.concat([item({}).subarray(0, 12), Buffer.of(0x5f), Buffer.alloc(1000)]);
  expect(() => decode(bytes)).toThrow('payload of a data event is not a byte string');
  expect(runLength(bytes)).toBe(0);
});

describe('a field that cannot be is named', () => {
  test.each([
    [item({ ktimeNs: 2n ** 53n }), 'ktimeNs of a data event is not an integer from -8985600000'],
    [item({ ktimeNs: -(2n ** 53n) }), 'ktimeNs of a data event is not an integer'],
    [item({ durationNs: -1 }), 'durationNs of a data event is not an integer from 0 to'],
    [item({ session: 0 }), 'session of a data event is not an integer from 1 to'],
    [item({ pid: 'init' }), 'pid of a data event is not an integer'],
    [item({ tid: 2 ** 32 }), 'tid of a data event is not an integer from 0 to 4294967295'],
    [item({ tid: 2n ** 32n }), 'tid of a data event is not an integer from 0 to 4294967295'],
    [item({ direction: 2 }), 'direction of a data event is not an integer from 0 to 1'],
    [item({ function: 1 }), 'function of a data event has no name'],
    [item({ position: [6] }), 'position of a data event is not an integer'],
    [item({ callOffset: null }), 'callOffset of a data event is not an integer'],
    [item({ originalLength: 11 }), 'payload of a data event is longer than its call'],
    [item({ payload: 'hello' }), 'payload of a data event is not a byte string'],
    [encoder.encode([4, 1, 2, 3]), 'a data event has too few or too many fields'],
    [item({}, ...Array(12).fill(0)), 'a data event has too few or too many fields'],
  ])('%#: %s', (bytes, message) => {
    expect(() => decode(bytes)).toThrow(RecordingError);
    expect(() => decode(bytes)).toThrow(message);
    expect(runLength(item({}), bytes, item({}))).toBe(1);
  });
});
