import fc from 'fast-check';
import { expect, test } from 'vitest';
import { itemBoundary } from '../../src/recording/item-boundary.ts';
import { anyEvents } from './arbitrary-event.ts';
import { record } from './recorded.ts';

test('a recording may be cut where any number of items ends, and nowhere else', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(), (events, at) => {
      const { bytes, starts } = record(events);
      const limit = at % (bytes.length + 1);
      const ends = [...starts, bytes.length];
      expect(itemBoundary(bytes, limit)).toBe(ends.findLast((end) => end <= limit));
    }),
  );
});

test('a later chunk begins with an item that has no tag', () => {
  const { bytes, starts } = record([
    { kind: 'process', ktimeNs: 0, pid: 1, comm: 'a', exe: '', uid: 0 },
    { kind: 'process', ktimeNs: 0, pid: 2, comm: 'b', exe: '', uid: 0 },
  ]);
  const [, first = 0, second = 0] = starts;
  const chunk = bytes.subarray(first);
  expect(itemBoundary(chunk, second - first)).toBe(second - first);
  expect(itemBoundary(chunk, second - first + 3)).toBe(second - first);
  expect(itemBoundary(chunk, 3)).toBe(0);
});
