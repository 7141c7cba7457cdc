import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findExecutables } from '../../src/filters/executables.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
mkdirSync(join(folder, 'bin', 'below.d'), { recursive: true });
for (const name of ['one', 'other', '.hidden', 'a[b]'])
  writeFileSync(join(folder, 'bin', name), '');

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

test.each([
  ['bin/one', ['bin/one']],
  ['bin/o*', ['bin/one', 'bin/other']],
  ['b?n/[!x]*r', ['bin/other']],
  ['*/*', ['bin/a[b]', 'bin/one', 'bin/other']],
  ['bin/.h*', ['bin/.hidden']],
  ['bin/a[b]', ['bin/a[b]']],
  ['bin/../bin/one', ['bin/one']],
])('%s', (pattern, names) => {
  const found = findExecutables(join(folder, pattern));
  expect(found.sort()).toEqual(names.map((name) => join(folder, name)));
});

test.each(['no', 'bin', 'bin/no*', 'bin/one/x'])('%s is no file', (pattern) => {
  expect(() => findExecutables(join(folder, pattern))).toThrow(/there is no such file/);
});

test.each(['sleeper', 'sl*r'])(
  'a program that runs is found by %s when its file is gone',
  async (pattern) => {
    const file = join(folder, 'sleeper');
    copyFileSync('/bin/sleep', file);
    child = spawn(file, ['60']);
    await new Promise((resolve) => child?.once('spawn', resolve));
    rmSync(file);
    expect(findExecutables(join(folder, pattern))).toEqual([`/proc/${child.pid}/exe`]);
  },
);
