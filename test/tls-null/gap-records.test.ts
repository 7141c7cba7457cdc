import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WebSocketCursor } from '../../src/http-sniff/websocket-cursor.ts';
import {
  type FillerFrames,
  gapRecords,
  http1GapRecords,
  webSocketFiller,
} from '../../src/tls-null/gap-records.ts';

/** A gap's length, and how much of it ends a frame. */
const gap = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 16_370, max: 16_410 }),
      fc.integer({ min: 1, max: 100_000 }),
    ),
    fc.oneof(fc.nat(40), fc.nat(40_000)),
  )
  .map(([length, frameLeft]) => ({ length, frameLeft: Math.min(length, frameLeft) }));

function plaintext(length: number, frameLeft: number, frames?: FillerFrames): Buffer {
  const parts = [...gapRecords(length, frameLeft, frames)].map((record) => {
    const bytes = Buffer.alloc(record.length);
    bytes.set(record.head);
    return bytes;
  });
  return Buffer.concat(parts);
}

test('there is a record, and none is too long', () => {
  const check = ({ length, frameLeft }: { length: number; frameLeft: number }) => {
    const lengths = [...gapRecords(length, frameLeft)].map((record) => record.length);
    expect(lengths.length).toBeGreaterThan(0);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(16_384);
    const missing = length - lengths.reduce((sum, each) => sum + each, 0);
    expect(missing).toBe(length - frameLeft < 10 ? length - frameLeft : 0);
  };
  fc.assert(fc.property(gap, check));
});

test('behind the frame in which it begins, a gap is a chain of frames of a reserved type', () => {
  const check = ({ length, frameLeft }: { length: number; frameLeft: number }) => {
    const bytes = plaintext(length, frameLeft);
    expect(bytes.subarray(0, frameLeft).every((byte) => byte === 0)).toBe(true);
    let at = frameLeft;
    while (at < bytes.length) {
      expect(bytes.toString('hex', at + 3, at + 9)).toBe('ff0000000000');
      expect(bytes.readUIntBE(at, 3)).toBeGreaterThan(0);
      at += 9 + bytes.readUIntBE(at, 3);
    }
    expect(at).toBe(bytes.length);
  };
  fc.assert(fc.property(gap, check));
});

test.each([true, false])('in WebSocket these are pongs, masked if %o', (isClient) => {
  const frames = webSocketFiller(isClient);
  const minLength = isClient ? 6 : 2;
  expect(frames.minLength).toBe(minLength);
  const check = ({ length, frameLeft }: { length: number; frameLeft: number }) => {
    const bytes = plaintext(length, frameLeft, frames);
    const unwritten = length - frameLeft < minLength ? length - frameLeft : 0;
    expect(bytes.length).toBe(length - unwritten);
    const cursor = new WebSocketCursor(isClient ? 'client' : 'server', false);
    for (let at = frameLeft; at < bytes.length; at++) {
      if (cursor.left === 0) {
        expect([bytes[at], bytes.readUInt8(at + 1) >= 0x80]).toEqual([0x8a, isClient]);
      }
      cursor.advance(bytes, at, at + 1);
    }
    expect(cursor.left).toBe(0);
  };
  fc.assert(fc.property(gap, check));
});

test('in other protocols it is zeros', () => {
  const heads = [...gapRecords(40_000, 40_000)].map(({ head }) => head.length);
  expect(heads).toEqual([0, 0, 0]);
});

test.each([1, 3, 4, 16_384, 16_390, 40_000])(
  'in HTTP/1, %i bytes end with an empty line',
  (length) => {
    const records = [...http1GapRecords(length)];
    expect(records.reduce((sum, record) => sum + record.length, 0)).toBe(length);
    const end = Buffer.from(records.at(-1)?.head ?? []).toString('latin1');
    expect(end.replaceAll('\0', '')).toBe('\r\n\r\n'.slice(-length));
  },
);
