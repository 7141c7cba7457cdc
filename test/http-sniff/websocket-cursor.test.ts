import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebSocketCursor } from '../../src/http-sniff/websocket-cursor.ts';
import { BINARY, encodeFrame } from '../flow/websocket-frames.ts';

const lengths = fc.array(fc.oneof(fc.nat(20), fc.constantFrom(125, 126, 65_535, 65_536)), {
  maxLength: 6,
});

/** Of a header's bytes, how many tell the frame's length. */
function lengthEnd(length: number): number {
  return encodeFrame({ opcode: BINARY, length }, false).length - length;
}

test('knows after any number of bytes, in any pieces, how far it is to the end of the frame', () => {
  const check = (isMasked: boolean, lengths: number[], pieces: number[]) => {
    const frames = lengths.map((length) => encodeFrame({ opcode: BINARY, length }, isMasked));
    const bytes = Buffer.concat(frames);
    const cursor = new WebSocketCursor(isMasked ? 'client' : 'server', false);
    let at = 0;
    for (const piece of [...pieces, bytes.length]) {
      const end = Math.min(at + piece, bytes.length);
      cursor.advance(bytes, at, end);
      at = end;
      let frame = 0;
      let sent = at;
      while (frame < frames.length && sent >= (frames[frame] as Buffer).length) {
        sent -= (frames[frame++] as Buffer).length;
      }
      const isKnown = sent === 0 || sent >= lengthEnd(lengths[frame] as number);
      const left = sent === 0 ? 0 : (frames[frame] as Buffer).length - sent;
      expect([cursor.isLeftKnown, cursor.left > 0]).toEqual([isKnown, sent > 0]);
      if (isKnown) expect(cursor.left).toBe(left);
      else expect(cursor.left).toBeLessThanOrEqual(left);
    }
  };
  fc.assert(fc.property(fc.boolean(), lengths, fc.array(fc.nat(60)), check));
});

test('goes on behind unknown bytes, to the end of the frame at most', () => {
  const check = (isMasked: boolean, length: number, sent: number, unknown: number) => {
    const bytes = encodeFrame({ opcode: BINARY, length }, isMasked);
    const cursor = new WebSocketCursor(isMasked ? 'client' : 'server', false);
    cursor.advance(bytes, 0, Math.min(sent, bytes.length));
    const { left } = cursor;
    cursor.skip(unknown);
    expect(cursor.left).toBe(Math.max(left - unknown, 0));
    if (cursor.left > 0) return;
    cursor.advance(bytes, 0, bytes.length - 1);
    expect(cursor.left).toBe(1);
  };
  fc.assert(fc.property(fc.boolean(), fc.nat(300), fc.nat(310), fc.nat(310), check));
});

describe('where bytes behind a loss begin a frame', () => {
  const text = (...bytes: (number | string)[]) =>
    Buffer.concat(bytes.map((each) => Buffer.from(typeof each === 'string' ? each : [each])));
  const find = (bytes: Buffer, sender: 'client' | 'server' = 'server', hasExtensions = false) =>
    new WebSocketCursor(sender, hasExtensions).findStart(bytes, 100, true);

  test.each([
    ['a text', text(0x81, 2, 'ab'), 0],
    ['two frames', text(0x81, 2, 'ab', 0x89, 0), 0],
    ['a part of a frame', text(0x82, 126, 1, 0, 'ab'), 0],
    ['a part of a header', text(0x82, 127, 0), 0],
    ['a byte', text(0x81), -1],
    ['a frame, and what is none', text(0x81, 2, 'abcd'), -1],
    ['a text itself', text('Already in the middle'), -1],
    ['zeros', Buffer.alloc(100), -1],
    ['an opcode that is not in use', text(0x83, 2, 'ab'), -1],
    ['a reserved bit', text(0xa1, 2, 'ab'), -1],
    ['a long ping', text(0x89, 126, 0, 200), -1],
    ['a ping in parts', text(0x09, 2, 'ab'), -1],
    ['a length of 16 bits that 7 tell', text(0x82, 126, 0, 125), -1],
    ['a length of 64 bits that 16 tell', text(0x82, 127, 0, 0, 0, 0, 0, 0, 255, 255), -1],
    ['more than 4 GiB', text(0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0), -1],
    ['a masked frame', text(0x81, 0x82, 1, 2, 3, 4, 'ab'), -1],
  ])('%s', (_, bytes, start) => expect(find(bytes)).toBe(start));

  test('frames are masked as their sender demands', () => {
    expect(find(text(0x81, 0x82, 1, 2, 3, 4, 'ab', 0x88, 0x80, 1, 2, 3, 4), 'client')).toBe(0);
    expect(find(text(0x81, 2, 'ab'), 'client')).toBe(-1);
  });

  test('extensions alone compress, and then messages alone', () => {
    const [message, part, ping] = [0xc1, 0xc0, 0xc9].map((first) => text(first, 2, 'ab'));
    expect([message, part, ping].map((bytes) => find(bytes as Buffer, 'server', true))).toEqual([
      0, -1, -1,
    ]);
    expect(find(message as Buffer)).toBe(-1);
  });

  test('it is at the begin of a call, and as far from the last frame as a frame is long', () => {
    const cursor = new WebSocketCursor('server', false);
    const frame = text(0x81, 2, 'ab');
    expect(cursor.findStart(frame, 100, false)).toBe(-1);
    expect([0, 1, 2].map((missing) => cursor.findStart(frame, missing, true))).toEqual([0, -1, 0]);
    cursor.advance(text(0x81, 10, 'abcd'), 0, 6);
    expect([0, 3, 6, 7, 8].map((missing) => cursor.findStart(frame, missing, true))).toEqual([
      -1, 3, 0, -1, 0,
    ]);
    const masked = text(0x81, 0x82, 1, 2, 3, 4, 'ab');
    const client = new WebSocketCursor('client', false);
    expect([1, 5, 6].map((missing) => client.findStart(masked, missing, true))).toEqual([
      -1, -1, 0,
    ]);
  });

  test('of a frame whose length is not known, any number of bytes may be missing', () => {
    const cursor = new WebSocketCursor('server', false);
    const frame = text(0x81, 2, 'ab');
    cursor.advance(text(0x82, 126, 1), 0, 3);
    expect(cursor.left).toBe(1 + 256);
    expect([0, 256, 257, 258].map((missing) => cursor.findStart(frame, missing, true))).toEqual([
      -1, -1, 0, 0,
    ]);
  });
});
