import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HexRows } from '../../src/text/hex-rows.ts';
import { show } from './shown.ts';

const form = new HexRows();
const REQUEST = Buffer.from('GET / HTTP/1.1\r\n\r\n');

/** What `xxd -r` makes of rows. */
function bytesOf(rows: string): Buffer {
  const hex = [...rows.matchAll(/^[0-9a-f]{8}: (.{39}) {2}/gm)].map(([, digits]) => digits);
  return Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
}

test('every byte is shown as xxd shows it', () => {
  const bytes = [...Array(256).keys(), ...Buffer.from('text'), 0];
  // The output of xxd 2022-01-14 (Debian 12) for them.
  const xxd = readFileSync(new URL('golden/xxd.txt', import.meta.url), 'utf8');
  expect(show(form, Uint8Array.from(bytes)).text).toBe(xxd);
});

// As of xxd -o OFFSET.
test.each([
  [0, ['00000000', '00000010']],
  [5, ['00000005', '00000015']],
  [65_536, ['00010000', '00010010']],
  [4_294_967_288, ['fffffff8', '100000008']],
  [2 ** 40, ['10000000000', '10000000010']],
])('offsets count from %d', (callOffset, [first, second]) => {
  expect(show(form, REQUEST, { callOffset }).text).toBe(
    `${first}: 4745 5420 2f20 4854 5450 2f31 2e31 0d0a  GET / HTTP/1.1..\n` +
      `${second}: 0d0a                                     ..\n`,
  );
});

test.each([1, 15, 16, 17, 100_003])('%d bytes are all there', (length) => {
  const bytes = randomBytes(length);
  const { text } = show(form, bytes);
  expect(text.match(/\n/g)).toHaveLength(Math.ceil(length / 16));
  expect(bytesOf(text).equals(bytes)).toBe(true);
});

test('rows are the same however the bytes come in pieces', () => {
  const bytes = randomBytes(200);
  const whole = show(form, bytes).text;
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 30 }), (cuts) => {
      expect(show(form, bytes, { cuts }).text).toBe(whole);
    }),
  );
});

test('no bytes are no rows', () => {
  expect(show(form, Buffer.of()).text).toBe('');
});
