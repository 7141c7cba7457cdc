import { expect, test } from 'vitest';
import { initialSequenceNumber } from '../../src/tcp/initial-sequence-number.ts';

test('no two of ten thousand streams begin alike, and their numbers are all over 32 bits', () => {
  const numbers = new Set<number>();
  for (let id = 1; id <= 2500; id++) {
    for (const incarnation of [0, 1]) {
      numbers.add(initialSequenceNumber(id, incarnation, 'client'));
      numbers.add(initialSequenceNumber(id, incarnation, 'server'));
    }
  }
  expect(numbers.size).toBe(10_000);
  for (let bit = 0; bit < 32; bit++) {
    const set = [...numbers].filter((number) => number & (1 << bit)).length;
    expect(set, `bit ${bit}`).toBeGreaterThan(4700);
    expect(set, `bit ${bit}`).toBeLessThan(5300);
  }
});

test('ids above 32 bits differ too', () => {
  const id = 2 ** 32 + 1;
  expect(initialSequenceNumber(id, 0, 'client')).not.toBe(initialSequenceNumber(1, 0, 'client'));
});

test('it is the same every time, so that files can be compared', () => {
  expect(initialSequenceNumber(1, 0, 'client')).toBe(0xd07f_db1b | 0);
});
