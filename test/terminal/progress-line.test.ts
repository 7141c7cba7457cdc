import { expect, test } from 'vitest';
import { progressLine } from '../../src/terminal/progress-line.ts';

test.each([
  [0, 1000, 500, '0 % exported, 0 bytes/s'],
  [999, 1000, 500, '99 % exported, 2.0 kB/s'],
  [60e6, 120e6, 500, '50 % exported, 120 MB/s'],
  [512e6, undefined, 4000, '512 MB exported, 128 MB/s'],
])('%d bytes of %s after %d ms', (bytesRead, sizeBytes, elapsedMs, expected) => {
  expect(progressLine('exported', { bytesRead, sizeBytes }, elapsedMs)).toBe(expected);
});
