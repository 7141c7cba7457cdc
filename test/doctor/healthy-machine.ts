import type { CaptureTrial, Machine } from '../../src/doctor/machine.ts';

/** All that root has on a usual kernel. */
const FILES: Record<string, string> = {
  '/proc/self/uid_map': '         0          0 4294967295\n',
  '/proc/self/status': 'Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n',
  '/sys/kernel/security/lockdown': '[none] integrity confidentiality\n',
  '/sys/kernel/btf/vmlinux': 'BTF',
};

const TRIAL: CaptureTrial = {
  loadAddon: () => ({}),
  loadPrograms: () => ({ connectionSource: 'kprobe' }),
};

export interface Ailments {
  platform?: string;
  arch?: string;
  kernelRelease?: string;
  /** Files that are other than usual, or missing. */
  files?: Record<string, string | undefined>;
  trial?: Partial<CaptureTrial>;
  tlsLibraries?: string[];
  programs?: string[];
}

/** A machine on which a capture works, but for what is given. */
export function machineWith(ailments: Ailments = {}): Machine {
  const files = { ...FILES, ...ailments.files };
  const programs = ailments.programs ?? ['wireshark', 'tshark'];
  return {
    platform: ailments.platform ?? 'linux',
    arch: ailments.arch ?? 'x64',
    kernelRelease: ailments.kernelRelease ?? '6.1.0-28-amd64',
    readText: (path) => files[path],
    exists: (path) => files[path] !== undefined,
    findProgram: (name) => (programs.includes(name) ? `/usr/bin/${name}` : undefined),
    tlsLibraries: () => ailments.tlsLibraries ?? ['/lib/x86_64-linux-gnu/libssl.so.3'],
    trial: { ...TRIAL, ...ailments.trial },
  };
}
