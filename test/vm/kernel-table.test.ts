import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { readKernelRun } from './kernel-run.ts';
import { formatKernelTable, replaceKernelTable, withoutVersions } from './kernel-table.ts';

const folder = temporaryFolder();
const SYSTEM_WIDE = 'test/vm/guest/system-wide.test.ts';
const row = { run: '6.1', name: 'Debian 12', tested: 'in a VM' };

function leaveResults(name: string, kernel: object, success: boolean, passed: string[]): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'kernel.json'), JSON.stringify(kernel));
  const testResults = passed.map((file) => ({
    name: join(import.meta.dirname, '../..', file),
    assertionResults: [{ status: 'failed' }, { status: 'passed' }],
  }));
  testResults.push({ name: SYSTEM_WIDE, assertionResults: [{ status: 'pending' }] });
  writeFileSync(join(folder, name, 'vitest.json'), JSON.stringify({ success, testResults }));
}

test('a run is what it left behind', () => {
  const kernel = { release: '6.1.0-56-amd64', connectionSource: 'kprobe', uprobeMulti: false };
  leaveResults('whole', kernel, true, ['test/kernel/a.test.ts']);
  expect(readKernelRun('whole', folder)).toEqual({ ...kernel, passed: ['test/kernel/a.test.ts'] });
});

test('a run that failed, or did not take place, is none', () => {
  leaveResults('failed', { release: '6.1.0' }, false, ['test/kernel/a.test.ts']);
  expect(() => readKernelRun('failed', folder)).toThrow('failed: the tests failed');
  expect(() => readKernelRun('absent', folder)).toThrow('absent: no results of its tests');
});

test('the table says what a kernel can do, and what was not tested', () => {
  const release = '6.12.0-1-amd64';
  const tests = ['test/kernel/a.test.ts'];
  const runs = [
    { ...row, release: '5.10.0-46', refusal: '5.10.0-46 is older than 5.17; mend: x', passed: [] },
    { ...row, release: '6.1.0-56', connectionSource: 'kprobe', uprobeMulti: false, passed: tests },
    { ...row, release, connectionSource: 'x', uprobeMulti: true, passed: [...tests, SYSTEM_WIDE] },
    { ...row, release, connectionSource: 'x', uprobeMulti: true, passed: [SYSTEM_WIDE] },
  ];
  expect(formatKernelTable(runs).split('\n').slice(2)).toEqual([
    '| 5.10, Debian 12 |  |  | refused: older than 5.17 | refused | in a VM |',
    '| 6.1, Debian 12 | kprobe | one by one | yes | not tested | in a VM |',
    '| 6.12, Debian 12 | x | together | yes | yes | in a VM |',
    '| 6.12, Debian 12 | x | together | not tested | yes | in a VM |',
    '',
  ]);
});

test('the table stands where its comments are, once', () => {
  const text = replaceKernelTable(
    'a\n<!-- kernels: written by npm run kernels -->\nold\n<!-- end of kernels -->\nb',
    '| new |\n',
  );
  expect(text).toBe(
    'a\n<!-- kernels: written by npm run kernels -->\n\n| new |\n\n<!-- end of kernels -->\nb',
  );
  expect(replaceKernelTable(text, '| new |\n')).toBe(text);
  expect(() => replaceKernelTable('a', '')).toThrow('once each');
  expect(() => replaceKernelTable(text + text, '')).toThrow('once each');
});

test('versions may differ, nothing else', () => {
  const one = '| 6.1, Debian 12 | kprobe | 5.17 |\n| 7.2, Debian sid | kprobe |';
  expect(withoutVersions(one)).toBe(withoutVersions(one.replace('7.2', '7.10')));
  expect(withoutVersions(one)).not.toBe(withoutVersions(one.replace('kprobe', 'syscall')));
  expect(withoutVersions(one)).not.toBe(withoutVersions(one.replace('5.17', '5.18')));
});
