import { expect, test } from 'vitest';
import { ChunkPool } from '../../src/sink/chunk-pool.ts';

test('a buffer that was given back is taken again', () => {
  const pool = new ChunkPool(100, 2);
  const buffer = pool.take(100);
  expect(buffer.byteLength).toBe(100);
  pool.give(buffer);
  expect(pool.take(1)).toBe(buffer);
  expect(pool.take(1)).not.toBe(buffer);
});

test('a buffer of a size of its own is not kept', () => {
  const pool = new ChunkPool(100, 2);
  const buffer = pool.take(101);
  expect(buffer.byteLength).toBe(101);
  pool.give(buffer);
  expect(pool.take(1).byteLength).toBe(100);
});

test('no more buffers are kept than it was told', () => {
  const pool = new ChunkPool(100, 2);
  const buffers = [pool.take(1), pool.take(1), pool.take(1)];
  for (const buffer of buffers) pool.give(buffer);
  const again = [pool.take(1), pool.take(1), pool.take(1)];
  expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(2);
});
