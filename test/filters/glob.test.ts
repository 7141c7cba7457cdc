import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileCommPattern, leastCommBytes } from '../../src/filters/comm-pattern.ts';
import { matchesGlob, parseGlob } from '../../src/filters/glob.ts';

/** As bpf/process-filter.bpf.c steps through a comm. */
function kernelMatches(pattern: string, comm: string): boolean {
  const { accepts, repeats, end } = compileCommPattern(pattern);
  let states = 1;
  for (const byte of Buffer.from(comm)) {
    states = ((states & (accepts[byte] as number)) << 1) | (states & repeats);
  }
  return (states & end) !== 0;
}

const cases: [string, string, boolean][] = [
  ['curl', 'curl', true],
  ['curl', 'curly', false],
  ['curl', 'cur', false],
  ['python*', 'python', true],
  ['python*', 'python3.11', true],
  ['*sh', 'bash', true],
  ['*sh', 'shell', false],
  ['a*b*c', 'a12b3c', true],
  ['a*b*c', 'a12c3b', false],
  ['*a*b', 'aab', true],
  ['**', '', true],
  ['?', '', false],
  ['?', 'x', true],
  ['nod[a-f]', 'node', true],
  ['nod[!a-f]', 'node', false],
  ['nod[^a-f]', 'nodz', true],
  ['[]x]', ']', true],
  ['[a-]', '-', true],
  ['[a', '[a', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['kworker/0:1', 'kworker/0:1', true],
  ['exactly15bytes!', 'exactly15bytes!', true],
  ['*exactly15bytes', 'exactly15bytes', true],
];

test.each(cases)('%j and %j: %j', (pattern, text, expected) => {
  expect(matchesGlob(parseGlob(pattern), text)).toBe(expected);
  expect(kernelMatches(pattern, text)).toBe(expected);
});

test('the kernel has the same notion of a pattern', () => {
  const text = (max: number, units: string) =>
    fc.string({ unit: fc.constantFrom(...units), maxLength: max });
  fc.assert(
    fc.property(text(15, 'ab*?[]!-\\'), text(15, 'ab-]'), (pattern, comm) => {
      expect(kernelMatches(pattern, comm)).toBe(matchesGlob(parseGlob(pattern), comm));
    }),
    { numRuns: 5000 },
  );
});

test('a pattern over bytes: a letter may be more than one', () => {
  expect(kernelMatches('grün', 'grün')).toBe(true);
  expect(kernelMatches('gr*n', 'grün')).toBe(true);
  expect(leastCommBytes('gr*ün')).toBe(5);
});
