import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimeBase } from '../../src/pcap-writer/timestamp.ts';

const MAX_TIMESTAMP = 2n ** 64n - 1n;
const MAX_NUMBER = Number.MAX_SAFE_INTEGER - 2 ** 32;

function timestamp(epochNs: bigint, timeNs: number): bigint {
  const base = new TimeBase(epochNs);
  return (BigInt(base.upperWord(timeNs)) << 32n) | BigInt(base.lowerWord(timeNs));
}

describe('timestamps', () => {
  test.each([
    [0n, 0],
    [0n, 2 ** 32 - 1],
    [0n, 2 ** 32],
    [0xffffffffn, 1],
    [0xffffffffn, -0xffffffff],
    [0x100000000n, -1],
    [0x5_80000000n, -0x80000001],
    [0x5_80000000n, 0x7fffffff],
    [0x5_80000000n, 0x80000000],
    [0x5_ffffffffn, 0x1_00000001],
    [1_700_000_000_000_000_000n, MAX_NUMBER],
    [1_700_000_000_000_000_000n, -MAX_NUMBER],
    [MAX_TIMESTAMP, 0],
    [MAX_TIMESTAMP, -1],
  ])('%d ns and %d ns', (epochNs, timeNs) => {
    expect(timestamp(epochNs, timeNs)).toBe(epochNs + BigInt(timeNs));
  });

  test('are exact at any distance, on either side of any carry', () => {
    const nearCarry = fc
      .tuple(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), fc.integer({ min: -3, max: 3 }))
      .map(([words, ns]) => words * 2 ** 32 + ns);
    const timeNs = fc.oneof(nearCarry, fc.integer({ min: -MAX_NUMBER, max: MAX_NUMBER }));
    // Far enough from both ends for every time above.
    const epochNs = fc.bigInt({ min: 2n ** 53n, max: MAX_TIMESTAMP - 2n ** 53n });
    fc.assert(
      fc.property(epochNs, timeNs, (base, time) => {
        expect(timestamp(base, time)).toBe(base + BigInt(time));
      }),
    );
  });

  test.each([
    [0n, -1],
    [MAX_TIMESTAMP, 1],
    [2n ** 60n, 0.5],
    [2n ** 60n, Number.NaN],
    [2n ** 60n, Number.POSITIVE_INFINITY],
    [2n ** 60n, 2 ** 53],
  ])('none for %d ns and %d ns', (epochNs, timeNs) => {
    expect(() => timestamp(epochNs, timeNs)).toThrow(
      new RangeError(`no timestamp for a time of ${timeNs} ns since the time base`),
    );
  });

  test.each([-1n, 2n ** 64n])('none from a base of %d ns', (epochNs) => {
    expect(() => new TimeBase(epochNs)).toThrow(RangeError);
  });
});
