import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginBlock } from '../../src/pcap-writer/block.ts';
import { blockBoundary } from '../../src/pcap-writer/index.ts';
import { MemoryOutput } from './memory-output.ts';

test('the boundary is the end of the last whole block, wherever the limit is', () => {
  const words = fc.array(fc.nat(8), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(words, fc.double({ min: 0, max: 1, noNaN: true }), (bodies, share) => {
      const output = new MemoryOutput();
      const ends = [0];
      for (const body of bodies) {
        beginBlock(output, 6, 8 + 4 * body, []);
        ends.push(output.bytes.length);
      }
      const limit = Math.floor(share * output.bytes.length);
      const expected = ends.findLast((end) => end <= limit);
      expect(blockBoundary(output.bytes, limit)).toBe(expected);
      // What stands behind the limit does not matter: it may not have been written.
      expect(blockBoundary(output.bytes.slice(0, limit), limit)).toBe(expected);
    }),
  );
});

test('bytes that are no blocks have no boundary', () => {
  expect(blockBoundary(new Uint8Array(100), 100)).toBe(0);
});
