import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gapRecords } from '../../src/tls-null/gap-records.ts';

test('all records together have the length of the gap, and none is empty or too long', () => {
  const check = (length: number, frameLeft: number) => {
    const records = [...gapRecords(length, Math.min(frameLeft, length))];
    expect(records.reduce((sum, record) => sum + record.length, 0)).toBe(length);
    for (const record of records) {
      expect(record.length).toBeGreaterThan(0);
      expect(record.length).toBeLessThanOrEqual(16_384);
    }
  };
  const length = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 100_000 }));
  fc.assert(fc.property(length, fc.oneof(fc.nat(40), fc.nat(100_000)), check));
});

test('behind the frame in which it begins, the gap is a chain of frames of a reserved type', () => {
  const check = (length: number, frameLeft: number) => {
    fc.pre(length - frameLeft >= 9);
    const parts = [...gapRecords(length, frameLeft)].map((record) => {
      const plaintext = Buffer.alloc(record.length);
      plaintext.set(record.head);
      return plaintext;
    });
    const gap = Buffer.concat(parts);
    let at = frameLeft;
    while (at < length) {
      expect(gap.toString('hex', at + 3, at + 9)).toBe('ff0000000000');
      at += 9 + gap.readUIntBE(at, 3);
    }
    expect(at).toBe(length);
    expect(gap.subarray(0, frameLeft).every((byte) => byte === 0)).toBe(true);
  };
  const length = fc.oneof(
    fc.integer({ min: 9, max: 40 }),
    fc.integer({ min: 16_380, max: 16_400 }),
    fc.nat(100_000),
  );
  fc.assert(fc.property(length, fc.oneof(fc.nat(20), fc.nat(20_000)), check));
});

test('in other protocols it is zeros', () => {
  const heads = [...gapRecords(40_000, 40_000)].map(({ head }) => head.length);
  expect(heads).toEqual([0, 0, 0]);
});
