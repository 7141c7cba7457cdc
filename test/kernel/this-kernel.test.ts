import { readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isLinux } from '../linux-version.ts';
import { runPlaincap } from '../run-plaincap.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { writeKernelReport } from './kernel-report.ts';
import { plaincap, startPlaincap } from './plaincap.ts';
import { Program } from './program.ts';
import { readHeader } from './recorded-calls.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();

const hasKprobes = /^\w+ T register_kprobe$/m.test(readFileSync('/proc/kallsyms', 'latin1'));
/** Of a process that ran before the capture. */
const expectedSource = hasKprobes ? 'kprobe' : 'syscall';

/** How a process holds its BPF programs attached, as bpf_link_show_fdinfo() in the kernel says. */
function readLinkTypes(pid: number): string[] {
  const descriptors = `/proc/${pid}/fdinfo`;
  return readdirSync(descriptors).flatMap((fd) => {
    const text = readFileSync(join(descriptors, fd), 'utf8');
    return /^link_type:\t(.*)$/m.exec(text)?.[1] ?? [];
  });
}

it('is what the doctor says it is, in a line a need', () => {
  const { exitCode, stdout, stderr } = runPlaincap(['doctor']);
  const learned = hasKprobes ? 'kprobe' : 'syscall: this kernel has no kprobes';
  expect({ exitCode, stderr, lines: stdout.toString().split('\n') }).toEqual({
    exitCode: 0,
    stderr: '',
    lines: [
      'ok    system         linux on x64',
      `ok    kernel         ${release()}`,
      'ok    BTF            /sys/kernel/btf/vmlinux',
      expect.stringMatching(/^ok {4}lockdown {7}\w+/),
      'ok    privilege      CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH',
      'ok    native addon   loads',
      'ok    BPF programs   the kernel accepts them',
      `ok    connections    learned by ${learned}`,
      expect.stringMatching(/^ok {4}TLS libraries {2}.*libssl\.so/),
      expect.stringMatching(/^ok {4}Wireshark {6}.*\/tshark$/),
      '',
    ],
  });
});

it('is captured on with what it has, and the file tells with what', async () => {
  const recording = join(folder, 'kernel.cbor');
  const sleeper = new Program('sleep', ['600'], { timeoutMs: 600_000 });
  const capture = startPlaincap(['capture', '--pid', `${sleeper.pid}`, '-w', recording]);
  await capture.says('capturing');
  const links = readLinkTypes(capture.pid);
  capture.kill('SIGINT');
  expect((await capture.ended).code).toBe(0);
  sleeper.killAll();

  const { connectionSource, kernel } = await readHeader(recording);
  expect(connectionSource).toBe(expectedSource);
  expect(kernel).toContain(release());
  const exported = join(folder, 'kernel.pcapng');
  expect((await plaincap(['export', recording, '-w', exported])).code).toBe(0);
  expect(readFileSync(exported).includes(`connections by ${expectedSource}`)).toBe(true);
  await readFields(exported, 'frame', ['frame.number']);

  const uprobeMulti = links.some((link) => /^uprobe_multi$/.test(link));
  // By one link a probe, or by one link for many: 6.6 is the first that can.
  expect({ links, uprobeMulti }).toEqual({ links, uprobeMulti: isLinux(6, 6) });
  expect(links.filter((link) => link === 'perf').length > 0).toBe(hasKprobes || !uprobeMulti);

  writeKernelReport({ release: release(), connectionSource, uprobeMulti });
});
