import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { listOutputReaders } from '../../src/capture/output-readers.ts';

const folder = mkdtempSync(join(tmpdir(), 'plaincap-readers-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Starts a program on these files; returns its pid. */
function start(command: string, redirection: string): number {
  const child = spawn('sh', ['-c', `exec ${command} ${redirection}`], { stdio: 'ignore' });
  children.push(child);
  return child.pid as number;
}

it('finds who reads a FIFO, and who reads what that prints, and no others', async () => {
  const fifos = ['a', 'b', 'other'].map((name) => join(folder, name));
  execFileSync('mkfifo', fifos);
  const [first, second, other] = fifos as [string, string, string];
  // `<>` opens for both, and waits for nobody.
  const holder = start('sleep 60', `3<>${other}`);
  const reader = start('cat', `<${first} >${second}`);
  const next = start('cat', `<${second} >/dev/null`);
  const stranger = start('cat', `<${other} >/dev/null`);
  const writer = start('sleep 60', `>${first}`);
  const found = () => listOutputReaders([{ format: 'pcapng', path: first }]);
  while (found().length < 2) await delay(20);
  expect(found().sort()).toEqual([reader, next].sort());
  for (const pid of [holder, stranger, writer]) expect(found()).not.toContain(pid);
});

it('finds nobody for files, and for destinations that do not exist', () => {
  const path = join(folder, 'missing.pcapng');
  expect(listOutputReaders([{ format: 'pcapng', path }])).toEqual([]);
  expect(listOutputReaders([{ format: 'recording', path: import.meta.filename }])).toEqual([]);
});
