import { decode } from 'cbor-x';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  argumentWidth,
  MAX_HEAD_BYTES,
  NO_ARGUMENT,
  readArgument,
  writeInteger,
} from '../../src/recording/head.ts';

function encoded(value: number): Uint8Array {
  const bytes = new Uint8Array(MAX_HEAD_BYTES);
  return bytes.subarray(0, writeInteger(bytes, 0, value));
}

test.each([
  // RFC 8949 appendix A
  [0, '00'],
  [10, '0a'],
  [23, '17'],
  [24, '1818'],
  [100, '1864'],
  [1000, '1903e8'],
  [1000000, '1a000f4240'],
  [1000000000000, '1b000000e8d4a51000'],
  [-1, '20'],
  [-10, '29'],
  [-100, '3863'],
  [-1000, '3903e7'],
  // both sides of each width
  [255, '18ff'],
  [256, '190100'],
  [65535, '19ffff'],
  [65536, '1a00010000'],
  [0xffff_ffff, '1affffffff'],
  [0x1_0000_0000, '1b0000000100000000'],
  [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
  [Number.MIN_SAFE_INTEGER, '3b001ffffffffffffe'],
])('%d is %s', (value, hex) => {
  expect(Buffer.from(encoded(value)).toString('hex')).toBe(hex);
});

test('any safe integer is read back by cbor-x', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(Number(decode(encoded(value)))).toBe(value);
    }),
  );
});

test('an argument beyond 2^53 stays beyond', () => {
  expect(readArgument(new Uint8Array(9).fill(0xff), 0, 8)).toBe(2 ** 64);
  expect(readArgument(Uint8Array.of(0x1b, 0, 0x20, 0, 0, 0, 0, 0, 1), 0, 8)).toBe(2 ** 53);
});

test.each([
  ['00', 0],
  ['17', 0],
  ['18', 1],
  ['59', 2],
  ['9a', 4],
  ['3b', 8],
  ['1c', NO_ARGUMENT],
  ['5f', NO_ARGUMENT],
])('behind %s the argument has %d bytes', (hex, width) => {
  expect(argumentWidth(Number.parseInt(hex, 16))).toBe(width);
});
