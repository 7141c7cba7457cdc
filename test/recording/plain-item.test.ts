import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itemEnd } from '../../src/recording/item-end.ts';
import {
  decodePlainItem,
  encodeNameItem,
  encodePlainItem,
} from '../../src/recording/plain-item.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { plainEvent } from './arbitrary-event.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const item = (...elements: unknown[]): Uint8Array => encoder.encode(elements);

test('any event is read back as it was', () => {
  fc.assert(
    fc.property(plainEvent, (event) => {
      expect(decodePlainItem(encodePlainItem(event))).toEqual(event);
    }),
  );
});

test('an item holds neither tags nor floats', () => {
  fc.assert(
    fc.property(plainEvent, (event) => {
      const bytes = encodePlainItem(event);
      expect(itemEnd(bytes, 0, bytes.length)).toBe(bytes.length);
      const elements = new Encoder({ useRecords: false }).decode(bytes) as unknown[];
      for (const element of elements.flat(2)) {
        if (typeof element === 'number') expect(Math.abs(element)).toBeLessThan(2 ** 32);
      }
    }),
  );
});

test('a name item tells a text', () => {
  expect(decodePlainItem(encodeNameItem('SSL_read'))).toBe('SSL_read');
});

test('fields that a later version adds at the end are ignored', () => {
  expect(decodePlainItem(item(5, 1, 2, 3, 4, 'new', { later: true }))).toEqual({
    kind: 'session-end',
    ktimeNs: 1,
    session: 2,
    readPosition: 3,
    writePosition: 4,
  });
});

test('an address stays when the read buffer is used again', () => {
  const bytes = item(
    2,
    0,
    1,
    Uint8Array.of(127, 0, 0, 1),
    Uint8Array.of(1, 1, 1, 1),
    1,
    2,
    'client',
    3,
    true,
  );
  const event = decodePlainItem(bytes);
  bytes.fill(0);
  expect(event).toMatchObject({ localAddress: Uint8Array.of(127, 0, 0, 1) });
});

describe('a field that cannot be is named', () => {
  const ipv4 = Uint8Array.of(127, 0, 0, 1);
  test.each([
    [item(1, 0, -1, 'a', 'b', 0), 'pid of a process event is not an integer from 0 to 4294967295'],
    [item(1, 0, 1.5, 'a', 'b', 0), 'pid of a process event is not an integer'],
    [item(1, 0, 1, 7, 'b', 0), 'comm of a process event is not a text'],
    [item(1, 2n ** 53n, 1, 'a', 'b', 0), 'ktimeNs of a process event is not an integer'],
    [item(1, 0, 1, 'a', 'b'.repeat(4097), 0), 'exe of a process event is not a text of at most 40'],
    [item(1, 0, 1, 'a'), 'exe of a process event is not a text'],
    [item(2, 0, 1, ipv4.subarray(1)), 'localAddress of a connection event is not an address'],
    [item(2, 0, 1, ipv4, ipv4, 65536), 'localPort of a connection event is not an integer'],
    [item(2, 0, 1, ipv4, ipv4, 1, 2, 'peer'), "role of a connection event is not 'client' or"],
    [item(2, 0, 1, ipv4, ipv4, 1, 2, 'client', 3, 1), 'seenOpening of a connection event is not'],
    [
      item(2, 0, 1, ipv4, new Uint8Array(16), 1, 2, 'client', 3, true),
      'a connection event has addresses of two families',
    ],
    [item(3, 0, 0), 'session of a session event is not an integer from 1 to 4503599627370496'],
    [item(7, 0, 1, 1, [['ring-full', 1]]), 'lost of a statistics event is not an array of'],
    [
      item(7, 0, 1, 1, [
        ['a', 2n ** 52n, 0],
        ['b', 1, 0],
      ]),
      'lost of a statistics event is not',
    ],
    [item(7, 0, 1, 1, { length: 0 }), 'lost of a statistics event is not an array of'],
    [item(0, 5), 'a name is not a text'],
    [item(10, 0), 'an item is of no known kind'],
    [item('process', 0), 'an item is of no known kind'],
    [item(), 'an item is of no known kind'],
    [encoder.encode({ kind: 1 }), 'an item is not an array'],
    [encoder.encode(1), 'an item is not an array'],
    [Buffer.from('81f8', 'hex'), 'an item is not CBOR'],
    [Buffer.from('81fc', 'hex'), 'an item is not CBOR'],
    [Buffer.concat([Buffer.alloc(100_000, 0x81), Buffer.of(0)]), 'an item is not CBOR'],
  ])('%#: %s', (bytes, message) => {
    expect(() => decodePlainItem(bytes)).toThrow(RecordingError);
    expect(() => decodePlainItem(bytes)).toThrow(message);
  });
});
