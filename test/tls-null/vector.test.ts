import { expect, test } from 'vitest';
import { vector } from '../../src/tls-null/vector.ts';

test('a length in one, two or three bytes', () => {
  expect(vector(1, [7, 8])).toEqual([2, 7, 8]);
  expect(vector(2, Array(258).fill(9)).slice(0, 3)).toEqual([1, 2, 9]);
  expect(vector(3, [])).toEqual([0, 0, 0]);
});

test('a length that does not fit', () => {
  expect(vector(1, Array(255).fill(0))).toHaveLength(256);
  expect(() => vector(1, Array(256).fill(0))).toThrow(RangeError);
});
