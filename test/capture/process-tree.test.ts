import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning, listProcessTree } from '../../src/capture/process-tree.ts';

let child: ChildProcess | undefined;
/** With all that it started: it leads a process group. */
afterEach(() => child?.pid && process.kill(-child.pid, 'SIGKILL'));

describe('listProcessTree', () => {
  it('has a process, its children and their children', async () => {
    child = spawn('sh', ['-c', 'echo; (sleep 60; :); :'], { detached: true });
    await new Promise((resolve) => child?.stdout?.once('data', resolve));
    await expect.poll(() => listProcessTree(child?.pid as number).length).toBe(3);
    expect(listProcessTree(process.pid)).toEqual(
      expect.arrayContaining(listProcessTree(child.pid as number)),
    );
  });

  it('has the process alone when it has no children', () => {
    expect(listProcessTree(2 ** 22)).toEqual([2 ** 22]);
  });
});

describe('isRunning', () => {
  it('tells a live process from none', () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(2 ** 22)).toBe(false);
  });
});
