import { expect, test } from 'vitest';
import { examine, findingLine } from '../../src/doctor/report.ts';
import { type Ailments, machineWith } from './healthy-machine.ts';

const lines = (ailments?: Ailments) => examine(machineWith(ailments)).map(findingLine);

const status = (CapEff: string) => ({
  '/proc/self/status': `Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t${CapEff}\n`,
});

test('a machine on which a capture works', () => {
  expect(lines()).toEqual([
    'ok    system         linux on x64',
    'ok    kernel         6.1.0-28-amd64',
    'ok    BTF            /sys/kernel/btf/vmlinux',
    'ok    lockdown       none',
    'ok    privilege      CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH',
    'ok    native addon   loads',
    'ok    BPF programs   the kernel accepts them',
    'ok    connections    learned by kprobe',
    'ok    TLS libraries  /lib/x86_64-linux-gnu/libssl.so.3',
    'ok    Wireshark      /usr/bin/wireshark, /usr/bin/tshark',
  ]);
});

test.each<[string, Ailments, string]>([
  [
    'another system',
    { platform: 'darwin' },
    'no    system         darwin on x64, only Linux on x86-64 can capture',
  ],
  [
    'another processor',
    { arch: 'arm64' },
    'no    system         linux on arm64, only Linux on x86-64 can capture',
  ],
  ['the oldest kernel that will do', { kernelRelease: '5.17.0' }, 'ok    kernel         5.17.0'],
  [
    'a kernel of its own naming',
    { kernelRelease: '6.18.44-fc-v595' },
    'ok    kernel         6.18.44-fc-v595',
  ],
  [
    'an old kernel',
    { kernelRelease: '5.10.0-33-amd64' },
    'no    kernel         5.10.0-33-amd64 is older than 5.17; mend: sudo apt install linux-image-amd64 && sudo reboot',
  ],
  [
    'a very old kernel',
    { kernelRelease: '4.19.0' },
    'no    kernel         4.19.0 is older than 5.17; mend: sudo apt install linux-image-amd64 && sudo reboot',
  ],
  [
    'no BTF',
    { files: { '/sys/kernel/btf/vmlinux': undefined } },
    'no    BTF            /sys/kernel/btf/vmlinux is missing: the kernel was built without CONFIG_DEBUG_INFO_BTF; mend: sudo apt install linux-image-amd64 && sudo reboot',
  ],
  [
    'no lockdown in the kernel',
    { files: { '/sys/kernel/security/lockdown': undefined } },
    'ok    lockdown       off, there is no /sys/kernel/security/lockdown',
  ],
  [
    'lockdown of secure boot',
    { files: { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' } },
    'ok    lockdown       integrity',
  ],
  [
    'full lockdown',
    { files: { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]\n' } },
    'no    lockdown       confidentiality mode, in which BPF may not read memory, lasts until the next boot; mend: sudo sed -i s/lockdown=confidentiality// /etc/default/grub && sudo update-grub && sudo reboot',
  ],
  [
    'an ordinary user',
    { files: status('0000000000000000') },
    'no    privilege      no CAP_BPF and CAP_PERFMON; mend: sudo plaincap capture',
  ],
  [
    'no line CapEff',
    { files: { '/proc/self/status': 'Name:\tnode\n' } },
    'no    privilege      no CAP_BPF and CAP_PERFMON; mend: sudo plaincap capture',
  ],
  [
    'CAP_BPF alone',
    { files: status('0000008000000000') },
    'no    privilege      no CAP_PERFMON; mend: sudo plaincap capture',
  ],
  [
    'CAP_BPF and CAP_PERFMON',
    { files: status('000000c000000000') },
    'note  privilege      no CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH: only processes of this user can be captured; mend: sudo plaincap capture',
  ],
  [
    'CAP_SYS_ADMIN, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH',
    { files: status('0000000000280004') },
    'ok    privilege      CAP_BPF, CAP_PERFMON, CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH',
  ],
  [
    'root of a rootless container',
    { files: { '/proc/self/uid_map': '         0       1000          1\n' } },
    'no    privilege      in a user namespace, as of a rootless container, even root may not load BPF: capture outside of it; mend: sudo plaincap capture',
  ],
  [
    'an addon that was not built',
    { trial: { loadAddon: () => ({ error: 'the native addon is not built' }) } },
    'no    native addon   the native addon is not built; mend: npm run setup',
  ],
  [
    'programs on an old kernel',
    { kernelRelease: '5.10.0', trial: { loadPrograms: () => expect.unreachable() } },
    'no    BPF programs   not tried, see kernel',
  ],
  [
    'programs without an addon',
    { trial: { loadAddon: () => ({ error: 'gone' }), loadPrograms: () => expect.unreachable() } },
    'no    BPF programs   not tried, see native addon',
  ],
  [
    'programs without privilege',
    { files: status('0'), trial: { loadPrograms: () => expect.unreachable() } },
    'no    BPF programs   not tried, see privilege',
  ],
  [
    'programs that the kernel refuses',
    { trial: { loadPrograms: () => ({ error: 'load: invalid argument' }) } },
    'no    BPF programs   load: invalid argument',
  ],
  [
    'connections without programs',
    { trial: { loadPrograms: () => ({ error: 'load: invalid argument' }) } },
    'note  connections    how they are learned is known once the programs load',
  ],
  [
    'a kernel without kprobes',
    { trial: { loadPrograms: () => ({ connectionSource: 'syscall' }) } },
    'ok    connections    learned by syscall: this kernel has no kprobes',
  ],
  [
    'no TLS library',
    { tlsLibraries: [] },
    'note  TLS libraries  no TLS library is installed, programs with one of their own can be captured; mend: sudo apt install libssl3',
  ],
  ['tshark alone', { programs: ['tshark'] }, 'ok    Wireshark      /usr/bin/tshark'],
  [
    'no Wireshark',
    { programs: [] },
    'note  Wireshark      neither wireshark nor tshark is installed here; mend: sudo apt install wireshark',
  ],
])('%s', (_name, ailments, line) => {
  expect(lines(ailments)).toContain(line);
});
