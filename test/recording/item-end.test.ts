import { Encoder } from 'cbor-x';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INCOMPLETE, itemEnd } from '../../src/recording/item-end.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });

const anyValue = fc.letrec((value) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.maxSafeInteger(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(value('value'), { maxLength: 30 }),
    fc.dictionary(fc.string(), value('value'), { maxKeys: 30 }),
  ),
})).value;

test('any item ends where its encoding ends, whatever follows', () => {
  fc.assert(
    fc.property(anyValue, fc.uint8Array({ maxLength: 20 }), (value, rest) => {
      const item = encoder.encode(value);
      const bytes = Buffer.concat([item, rest]);
      expect(itemEnd(bytes, 0, bytes.length)).toBe(item.length);
    }),
  );
});

test('a part of an item is incomplete, wherever it was cut', () => {
  const item = encoder.encode([1, -500, 'text', new Uint8Array(300), [70_000, { a: 2 ** 40 }]]);
  for (let end = 0; end < item.length; end++) expect(itemEnd(item, 0, end)).toBe(INCOMPLETE);
});

test.each([
  ['a tag', 'c0'],
  ['an indefinite array', '9f'],
  ['an indefinite byte string', '5f'],
  ['a break', 'ff'],
  ['reserved additional information', '1c'],
  ['a tag inside an array', '8201d9d9f7'],
])('%s is refused at once', (_name, hex) => {
  const bytes = Buffer.from(hex, 'hex');
  expect(() => itemEnd(bytes, 0, bytes.length)).toThrow(RecordingError);
});

test('lengths beyond 2^53 and deep nesting need neither memory nor stack', () => {
  const long = Buffer.from('5bffffffffffffffff', 'hex');
  expect(itemEnd(long, 0, long.length)).toBe(INCOMPLETE);
  const wide = Buffer.from('9bffffffffffffffff', 'hex');
  expect(itemEnd(wide, 0, wide.length)).toBe(INCOMPLETE);
  const deep = Buffer.concat([Buffer.alloc(1_000_000, 0x81), Buffer.of(0)]);
  expect(itemEnd(deep, 0, deep.length)).toBe(deep.length);
});
