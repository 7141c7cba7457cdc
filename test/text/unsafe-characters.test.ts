import { expect, test } from 'vitest';
import { safeName } from '../../src/text/safe-name.ts';
import { isUnsafe, UNSAFE_CHARACTERS } from '../../src/text/unsafe-characters.ts';

test('the unsafe characters are Unicode’s controls, formats and separators of lines', () => {
  const different: string[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    const character = String.fromCodePoint(codePoint);
    const expected = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character);
    const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
    const found = character.search(UNSAFE_CHARACTERS) === 0;
    if (isUnsafe(codePoint) !== expected || found !== (expected || isSurrogate)) {
      different.push(codePoint.toString(16));
    }
  }
  expect(different).toEqual([]);
});

test.each([
  ['curl', 'curl'],
  ['Web Content', 'Web Content'],
  ['caché-日本', 'caché-日本'],
  ['\x1b]0;x\x07\n', '\\x1b]0;x\\x07\\x0a'],
  ['\u202egpj', '\\xe2\\x80\\xaegpj'],
  ['\u009b', '\\xc2\\x9b'],
  ['\ud800', '\\xef\\xbf\\xbd'],
])('the name %j is shown as %s', (name, shown) => {
  expect(safeName(name)).toBe(shown);
});
