import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Http2Cursor } from '../../src/http-sniff/http2-cursor.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

function frame(length: number): Buffer {
  const bytes = Buffer.alloc(9 + length, 0xee);
  bytes.writeUIntBE(length, 0, 3);
  return bytes;
}

const frames = fc.array(fc.oneof(fc.nat(20), fc.constantFrom(256, 65_536)), { maxLength: 6 });

test('knows after any number of bytes, in any pieces, how far it is to the end of the frame', () => {
  const check = (hasPreface: boolean, lengths: number[], pieces: number[]) => {
    const parts = [...(hasPreface ? [PREFACE] : []), ...lengths.map(frame)];
    const bytes = Buffer.concat(parts);
    const ends = parts.map((_, index) => Buffer.concat(parts.slice(0, index + 1)).length);
    const cursor = new Http2Cursor();
    let at = 0;
    for (const piece of [...pieces, bytes.length]) {
      const length = Math.min(piece, bytes.length - at);
      cursor.advance(bytes, at, length);
      at += length;
      const start = ends.findLast((end) => end <= at) ?? 0;
      const end = start === at ? at : (ends.find((end) => end > at) as number);
      // Of a header that has not told its whole length yet, zeros are assumed.
      const isLengthKnown = at - start >= 3 || start === at;
      if (isLengthKnown) expect(cursor.left).toBe(end - at);
    }
  };
  fc.assert(fc.property(fc.boolean(), frames, fc.array(fc.nat(60)), check));
});

test('goes on behind unknown bytes, to the end of the frame at most', () => {
  const check = (length: number, sent: number, unknown: number) => {
    const bytes = frame(length);
    const cursor = new Http2Cursor();
    cursor.advance(bytes, 0, Math.min(sent, bytes.length));
    const left = cursor.left;
    cursor.skip(unknown);
    expect(cursor.left).toBe(Math.max(left - unknown, 0));
  };
  fc.assert(fc.property(fc.nat(300), fc.nat(310), fc.nat(310), check));
});

test('does not know the end of a frame whose length it does not have', () => {
  const cursor = new Http2Cursor();
  cursor.advance(Uint8Array.of(0, 1), 0, 2);
  expect([cursor.left, cursor.isInMiddle, cursor.canMiss(1)]).toEqual([0, true, false]);
  cursor.advance(Uint8Array.of(0), 0, 1);
  expect([cursor.left, cursor.canMiss(6)]).toEqual([256 + 6, false]);
});

test('readers can go on where DATA is missing, and what cannot be a header block', () => {
  const cursor = new Http2Cursor();
  const after = (bytes: Buffer) => {
    cursor.advance(bytes, 0, bytes.length);
    return (length: number) => cursor.canMiss(length);
  };
  expect([9, 10].map(after(Buffer.from(PREFACE)))).toEqual([true, false]);
  const data = Buffer.from([0, 0, 20, 0, 1, 0, 0, 0, 1, 7]);
  expect([1, 19, 28, 29].map(after(data))).toEqual([true, true, true, false]);
  cursor.skip(19);
  const settings = Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 7]);
  expect([1, 5].map(after(settings))).toEqual([false, false]);
});

test('knows whether it is in a header block, of one frame or of several', () => {
  const head = (type: number, flags: number) =>
    Buffer.from([0, 0, 2, type, flags, 0, 0, 0, 1, 7, 7]);
  const cursor = new Http2Cursor();
  const isInBlockAfter = (bytes: Buffer, length = bytes.length) => {
    cursor.advance(bytes, 0, length);
    const { isInHeaderBlock } = cursor;
    cursor.advance(bytes, length, bytes.length - length);
    return isInHeaderBlock;
  };
  expect(isInBlockAfter(head(0, 0), 10)).toBe(false);
  expect(isInBlockAfter(head(1, 4), 10)).toBe(true);
  expect(isInBlockAfter(head(1, 4))).toBe(false);
  expect(isInBlockAfter(head(5, 0))).toBe(true);
  expect(isInBlockAfter(head(9, 0))).toBe(true);
  expect(isInBlockAfter(head(9, 4))).toBe(false);
  cursor.advance(head(1, 0), 0, 10);
  cursor.skip(1);
  expect(cursor.isInHeaderBlock).toBe(false);
});
