import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  checksumOf,
  copyAndSum,
  foldSum,
  sumBytes,
  sumWord,
  swapBytes,
} from '../../src/tcp/checksum.ts';

/** RFC 1071 section 1, word by word. */
function referenceSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

test('copies bytes and adds up their words, at any offsets and lengths', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(65_495, 65_494, 16_384).map((length) => new Uint8Array(length).fill(0xff)),
  );
  const check = (payload: Uint8Array, before: number, behind: number) => {
    const source = new Uint8Array(before + payload.length + 3).fill(0xaa);
    source.set(payload, before);
    const target = new Uint8Array(behind + payload.length + 3).fill(0x55);
    const [from, to] = [new DataView(source.buffer), new DataView(target.buffer)];
    const sum = copyAndSum(from, before, payload.length, to, behind);
    expect(sum).toBe(referenceSum(payload));
    expect(sumBytes(from, before, payload.length)).toBe(sum);
    expect(Buffer.compare(target.subarray(behind, -3), payload)).toBe(0);
    expect(target.subarray(0, behind).every((byte) => byte === 0x55)).toBe(true);
    expect(target.subarray(-3)).toEqual(Uint8Array.of(0x55, 0x55, 0x55));
  };
  fc.assert(fc.property(bytes, fc.nat(9), fc.nat(9), check));
});

test('the example of RFC 1071 section 3', () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  const sum = copyAndSum(new DataView(bytes.buffer), 0, 8, new DataView(new ArrayBuffer(8)), 0);
  expect(sum).toBe(0xddf2);
  expect(checksumOf(sum)).toBe(0x220d);
  expect(foldSum(sumWord(0x0001_f203) + sumWord(0xf4f5_f6f7))).toBe(0xddf2);
});

test('bytes at an odd offset add up swapped', () => {
  const bytes = fc.uint8Array({ minLength: 1 });
  const check = (head: number, tail: Uint8Array) => {
    const whole = referenceSum(Uint8Array.of(head, ...tail));
    expect(foldSum((head << 8) + swapBytes(referenceSum(tail)))).toBe(whole);
  };
  fc.assert(fc.property(fc.nat(255), bytes, check));
});

test('a sum that is all ones has the checksum 0', () => {
  expect(checksumOf(0xffff)).toBe(0);
  expect(checksumOf(0x1_fffe)).toBe(0);
});
