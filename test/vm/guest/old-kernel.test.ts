import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeKernelReport } from '../../kernel/kernel-report.ts';
import { runPlaincap } from '../../run-plaincap.ts';
import { temporaryFolder } from '../../sink/temporary-folder.ts';

const folder = temporaryFolder();
const refusal = `${release()} is older than 5.17; mend: sudo apt install linux-image-amd64 && sudo reboot`;

describe('a kernel that lacks what a capture needs', () => {
  it.each([
    { what: 'every process', words: [] },
    { what: 'a process', words: ['--pid', '1'] },
    { what: 'a command', words: ['--', 'touch', join(folder, 'started')] },
  ])('is told in one line, and nothing is started or written: $what', ({ words }) => {
    const file = join(folder, 'capture.pcapng');
    const { exitCode, stdout, stderr } = runPlaincap(['capture', '-w', file, ...words]);
    expect({ exitCode, stdout: stdout.toString(), stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `plaincap: cannot capture: kernel: ${refusal}\n`,
    });
    expect(existsSync(file)).toBe(false);
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });

  it('has its line in the doctor’s report, which fails', () => {
    const { exitCode, stdout, stderr } = runPlaincap(['doctor']);
    const lines = stdout.toString().split('\n');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(lines).toEqual([]);
    expect(lines).toContain(`no    kernel         ${refusal}`);
    writeKernelReport({ release: release(), refusal });
  });
});
