import { expect, test } from 'vitest';
import { requireDestinations } from '../../src/command-line/destinations.ts';
import { UsageError } from '../../src/user-error.ts';

test('as they were given', () => {
  expect(requireDestinations(['a.pcapng', 'b.cbor', '-'], false)).toEqual([
    'a.pcapng',
    'b.cbor',
    '-',
  ]);
  expect(requireDestinations(['a.pcapng'], true)).toEqual(['a.pcapng']);
});

test('stdout is the default, but never a terminal', () => {
  expect(requireDestinations(undefined, false)).toEqual(['-']);
  expect(() => requireDestinations(undefined, true)).toThrow(UsageError);
  expect(() => requireDestinations(['a.pcapng', '-'], true)).toThrow('not for a terminal');
});

test('a text may go to a terminal', () => {
  expect(requireDestinations(['text:-', 'a'], true)).toEqual(['text:-', 'a']);
});

test.each([
  [['a', 'b', 'a'], '-w a is given twice'],
  [['a', './a'], '-w ./a is given twice'],
  [['-', '-'], '-w - is given twice'],
  [['text:a', 'text:./a'], '-w text:./a is given twice'],
  [['text:-', '-'], '-w text:- and -w - are the same place'],
  [['a', 'text:b', 'text:a'], '-w a and -w text:a are the same place'],
])('none twice: %s', (written, message) => {
  expect(() => requireDestinations(written, false)).toThrow(new UsageError(message));
});

test('a file may be called -', () => {
  expect(requireDestinations(['-', './-'], false)).toEqual(['-', './-']);
});
