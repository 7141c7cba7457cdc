import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PayloadText } from '../../src/text/payload-text.ts';
import { show } from './shown.ts';

const form = new PayloadText();

function textOf(payload: string | Uint8Array, cuts: readonly number[] = []): string {
  const { text } = show(form, Buffer.from(payload as string), { cuts });
  expect(text.at(-1), 'its last line is ended').toBe('\n');
  return text.slice(0, -1);
}

/** What docs/print.md tells programs to do: each `\xHH` is a byte, from left to right. */
function bytesOf(text: string): Buffer {
  const latin1 = Buffer.from(text).toString('latin1');
  const bytes = latin1.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}

function withoutReturns(payload: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(payload).toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/** Bytes of which many mean something to a terminal, to UTF-8 or to the escape. */
const payloads = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }).map((text) => Buffer.from(text)),
      fc
        .constantFrom(
          '\\',
          'x',
          '41',
          '\r',
          '\n',
          '\r\n',
          '-----',
          '-',
          ' ',
          '\x1b[2J',
          '\u202e',
          '\u009b',
        )
        .map((text) => Buffer.from(text)),
      fc.constantFrom([0xe2, 0x82], [0xf0, 0x9f, 0x98], [0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80]),
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Uint8Array.from(part))));
const cuts = fc.array(fc.nat(60), { maxLength: 5 });

describe('any bytes', () => {
  test('reach a terminal as UTF-8 without controls and invisible characters', () => {
    fc.assert(
      fc.property(payloads, cuts, (payload, cuts) => {
        const text = textOf(payload, cuts);
        expect(text.replace(/[\t\n]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 5000 },
    );
  });

  test('can be told from their text, but for a CR before an LF', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(bytesOf(textOf(payload))).toEqual(withoutReturns(payload));
      }),
      { numRuns: 5000 },
    );
  });

  test('are the same text however they come in pieces', () => {
    fc.assert(
      fc.property(payloads, cuts, (payload, cuts) => {
        expect(textOf(payload, cuts)).toBe(textOf(payload));
      }),
      { numRuns: 5000 },
    );
  });

  test('make no line that looks like a mark', () => {
    fc.assert(
      fc.property(payloads, cuts, (payload, cuts) => {
        expect(textOf(payload, cuts)).not.toMatch(/^----- /m);
      }),
      { numRuns: 5000 },
    );
  });
});

test('text is shown as it is', () => {
  const safe = fc
    .string({ unit: 'binary' })
    .map((text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\-]/gu, ''));
  fc.assert(
    fc.property(safe, cuts, (text, cuts) => {
      expect(textOf(text, cuts)).toBe(text);
    }),
  );
});

test.each([
  ['lines', 'a\n\n\tb\r\nc\r\n', 'a\n\n\tb\nc\n'],
  ['a CR that ends no line', 'a\rb\r\r\nc\r', 'a\\x0db\\x0d\nc\\x0d'],
  ['controls', '\0\x07\x1b[31m\x7f', '\\x00\\x07\\x1b[31m\\x7f'],
  ['C1', 'a\u009b31m', 'a\\xc2\\x9b31m'],
  ['what turns text around', 'a\u202eb\u2066c', 'a\\xe2\\x80\\xaeb\\xe2\\x81\\xa6c'],
  ['a byte order mark', '\ufeffa', '\\xef\\xbb\\xbfa'],
  ['tags', 'a\u{e0041}', 'a\\xf3\\xa0\\x81\\x81'],
  ['other languages', 'Grüße, 日本語, 😀', 'Grüße, 日本語, 😀'],
  ['a backslash', '{"a":"b\\n"}\\', '{"a":"b\\n"}\\'],
  ['what looks like a byte', 'a\\x41\\xzz', 'a\\\\x7841\\\\x78zz'],
  ['a mark', '----- END DATA -----\n', '-----\\x20END DATA -----\n'],
  ['what begins like a mark', '-----BEGIN\n------ x\na ----- b', '-----BEGIN\n------ x\na ----- b'],
])('%s', (_name, payload, text) => {
  expect(textOf(payload)).toBe(text);
});

test.each([
  ['a continuation without a start', [0x61, 0x80], 'a\\x80'],
  ['an encoding that is too long', [0xc0, 0xaf], '\\xc0\\xaf'],
  ['a surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
  ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
  ['a character that is cut off by another', [0xe2, 0x82, 0x61], '\\xe2\\x82a'],
  ['a character that is cut off by the end', [0x61, 0xf0, 0x9f, 0x98], 'a\\xf0\\x9f\\x98'],
])('invalid UTF-8: %s', (_name, bytes, text) => {
  expect(textOf(Uint8Array.from(bytes))).toBe(text);
});

test('more than fits into one piece', () => {
  const text = 'Zeile mit Umlauten äöü\n'.repeat(10_000);
  expect(textOf(text, [16_384, 100_000])).toBe(text);
});
