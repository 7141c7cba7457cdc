import { Decoder, Encoder } from 'cbor-x';
import { expect, test } from 'vitest';
import { decodeHeader, encodeHeader } from '../../src/recording/header.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { HEADER } from './recorded.ts';

const encoder = new Encoder({ useRecords: false });

const GOOD = { format: 'plaincap recording', version: 1, ...HEADER };

test('the header is read back as it was, behind its tag', () => {
  const bytes = encodeHeader(HEADER);
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from('d9d9f7', 'hex'));
  expect(decodeHeader(bytes.subarray(3))).toEqual(HEADER);
  expect(new Decoder({ useRecords: false }).decode(bytes)).toEqual(GOOD);
});

test('how much of each call was asked for, if not all', () => {
  const header = { ...HEADER, snaplen: 256 };
  expect(decodeHeader(encodeHeader(header).subarray(3))).toEqual(header);
});

test('clocks of less than 32 bits', () => {
  const header = { ...HEADER, start: { epochNs: 0n, ktimeNs: 5n } };
  expect(decodeHeader(encodeHeader(header).subarray(3))).toEqual(header);
  expect(decodeHeader(encoder.encode({ ...GOOD, start: { epochNs: 0, ktimeNs: 5 } }))).toEqual(
    header,
  );
});

test('keys that a later version adds are ignored', () => {
  expect(decodeHeader(encoder.encode({ ...GOOD, later: 1 }))).toEqual(HEADER);
});

test.each([
  [[1], 'not a plaincap recording'],
  [1, 'not a plaincap recording'],
  [null, 'not a plaincap recording'],
  [{}, 'not a plaincap recording'],
  [{ ...GOOD, format: 'retis events' }, 'not a plaincap recording'],
  [
    { ...GOOD, version: 2 },
    'version 2 of the recording format, and this plaincap reads version 1: use a newer plaincap',
  ],
  [{ ...GOOD, version: 0 }, 'damaged header: version'],
  [{ ...GOOD, version: '1' }, 'damaged header: version'],
  [{ ...GOOD, version: 1.5 }, 'damaged header: version'],
  [{ ...GOOD, plaincapVersion: 1 }, 'damaged header: plaincapVersion'],
  [{ ...GOOD, hostname: null }, 'damaged header: hostname'],
  [{ ...GOOD, kernel: undefined }, 'damaged header: kernel'],
  [{ ...GOOD, start: null }, 'damaged header: start.epochNs'],
  [{ ...GOOD, start: { epochNs: 1.5, ktimeNs: 0 } }, 'damaged header: start.epochNs'],
  [{ ...GOOD, start: { epochNs: 2n ** 63n, ktimeNs: 0 } }, 'damaged header: start.epochNs'],
  [{ ...GOOD, start: { epochNs: 1, ktimeNs: -1 } }, 'damaged header: start.ktimeNs'],
  [{ ...GOOD, connectionSource: 3 }, 'damaged header: connectionSource'],
  [{ ...GOOD, snaplen: -1 }, 'damaged header: snaplen'],
])('%#: %o', (value, message) => {
  const bytes = encoder.encode(value);
  expect(() => decodeHeader(bytes)).toThrow(new RecordingError(message));
});
