import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runPlaincap } from '../run-plaincap.ts';

const helpFile = (name: string) =>
  readFileSync(new URL(`help/${name}.txt`, import.meta.url), 'utf8');

test.each([
  ['plaincap', []],
  ['capture', ['capture']],
  ['export', ['export']],
  ['print', ['print']],
  ['targets', ['targets']],
  ['doctor', ['doctor']],
  ['extcap', ['extcap']],
])('the help of %s, word for word', (name, command) => {
  const { exitCode, stdout, stderr } = runPlaincap([...command, '--help']);
  expect(stdout.toString()).toBe(helpFile(name));
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
});

test('without a command, the help is on stderr', () => {
  const { exitCode, stdout, stderr } = runPlaincap([]);
  expect(stderr).toBe(helpFile('plaincap'));
  expect(stdout.length).toBe(0);
  expect(exitCode).toBe(2);
});
