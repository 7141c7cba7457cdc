import { expect, test } from 'vitest';
import { byteCount } from '../../src/text/byte-count.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [4567, '4.6 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [12_345_678, '12 MB'],
  [3e18, '3000 PB'],
])('%d', (bytes, expected) => {
  expect(byteCount(bytes)).toBe(expected);
});
