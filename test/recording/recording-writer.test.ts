import { decodeMultiple } from 'cbor-x';
import { expect, test } from 'vitest';
import type { DataEvent, Event } from '../../src/event.ts';
import { RecordingWriter } from '../../src/recording/recording-writer.ts';
import { MemoryOutput } from './memory-output.ts';
import { HEADER, record } from './recorded.ts';
import { SAMPLE_EVENTS } from './sample-events.ts';

const itemsOf = (bytes: Uint8Array) => decodeMultiple(bytes) as unknown as unknown[][];

const isData = (event: Event): event is DataEvent => event.kind === 'data';

test('the header is there at once', () => {
  const output = new MemoryOutput();
  new RecordingWriter(HEADER, output);
  expect(itemsOf(output.written)).toMatchObject([{ format: 'plaincap recording', version: 1 }]);
});

test('a function is named once, before its first event', () => {
  const [write, read] = SAMPLE_EVENTS.filter(isData) as [DataEvent, DataEvent];
  const [, ...items] = itemsOf(record([write, write, read, write, read]).bytes);
  const told = items.map(([kind, ...fields]) => (kind === 0 ? fields[0] : fields[6]));
  expect(told).toEqual(['SSL_write', 0, 0, 'SSL_read', 1, 0, 1]);
});

test('each reserved run is one item', () => {
  const { bytes, starts } = record(SAMPLE_EVENTS);
  for (const [index, start] of starts.entries()) {
    expect(itemsOf(bytes.subarray(start, starts[index + 1])).length).toBe(1);
  }
});

test('nothing of an event is used after its handler returned', () => {
  const { bytes: expected } = record(SAMPLE_EVENTS);
  const output = new MemoryOutput();
  const { handle } = new RecordingWriter(HEADER, output);
  for (const event of SAMPLE_EVENTS) {
    const passing = isData(event) ? { ...event, payload: Uint8Array.from(event.payload) } : event;
    handle(passing);
    if (isData(passing)) passing.payload.fill(0);
  }
  expect(output.written).toEqual(expected);
});
