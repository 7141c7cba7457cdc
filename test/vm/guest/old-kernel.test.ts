import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeKernelReport } from '../../kernel/kernel-report.ts';
import { runPlaincap } from '../../run-plaincap.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

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
    expect({ exitCode, stderr, lines: stdout.toString().split('\n') }).toEqual({
      exitCode: 1,
      stderr: '',
      lines: [
        'ok    system         linux on x64',
        `no    kernel         ${refusal}`,
        'ok    BTF            /sys/kernel/btf/vmlinux',
        expect.stringMatching(/^ok {4}lockdown {7}\w+/),
        'ok    privilege      CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH',
        'ok    native addon   loads',
        'no    BPF programs   not tried, see kernel',
        'note  connections    how they are learned is known once the programs load',
        expect.stringMatching(/^ok {4}TLS libraries {2}.*libssl\.so/),
        expect.stringMatching(/^ok {4}Wireshark {6}.*\/tshark$/),
        '',
      ],
    });
    writeKernelReport({ release: release(), refusal });
  });
});
