import { expect, test } from 'vitest';
import { type Rotation, rotatedName } from '../../src/sink/rotation.ts';

const START = new Date(2026, 10, 28, 9, 5, 7);
const PATTERN = 'x-%Y%m%d-%H%M%S.pcapng';
const NAME = 'x-20261128-090507.pcapng';

/** The names of a period's first files. */
function names(template: string, rotation: Rotation, count: number): string[] {
  return Array.from({ length: count }, (_, number) =>
    rotatedName(template, rotation, number, START),
  );
}

// As tcpdump 4.99 called its files.
test.each<[string, Rotation, string, string[]]>([
  ['-C', { maxBytes: 1 }, 'x.pcapng', ['x.pcapng', 'x.pcapng1', 'x.pcapng2']],
  ['-C -W', { maxBytes: 1, files: 3 }, 'x', ['x0', 'x1', 'x2']],
  ['-C -W', { maxBytes: 1, files: 10 }, 'x', ['x0', 'x1']],
  ['-C -W', { maxBytes: 1, files: 11 }, 'x', ['x00', 'x01']],
  ['-G', { seconds: 1 }, PATTERN, [NAME]],
  ['-G -W', { seconds: 1, files: 5 }, PATTERN, [NAME]],
  ['-G -C', { seconds: 1, maxBytes: 1 }, PATTERN, [NAME, `${NAME}1`]],
  ['-C', { maxBytes: 1 }, 'a%Yb', ['a%Yb', 'a%Yb1']],
])('%s of %j', (_, rotation, template, expected) => {
  expect(names(template, rotation, expected.length)).toEqual(expected);
});
