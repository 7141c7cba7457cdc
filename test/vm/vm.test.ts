import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runInVm, type VmKernel } from './vm.ts';

const kernels = (process.env.VM_KERNELS?.split(',') ?? ['6.1', '6.12']) as VmKernel[];
const releases: Record<VmKernel, RegExp> = {
  '5.10': /^5\.10\./m,
  '6.1': /^6\.1\./m,
  '6.12': /^6\.12\./m,
  sid: /^[67]\./m,
};

const folder = mkdtempSync(join(tmpdir(), 'plaincap-vm-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** In the VM: a server on loopback, with its files in the VM's own /tmp. */
const serveAndFetch = `
  set -e
  printf 'pid /tmp/pid; error_log /tmp/log; events {} http { access_log off; server {
    listen 127.0.0.1:8080; listen [::1]:8080; location / { return 200 "served\\n"; } } }' >/tmp/nginx.conf
  nginx -e /tmp/log -c /tmp/nginx.conf
  curl -sS http://127.0.0.1:8080/ 'http://[::1]:8080/'`;

describe.each(kernels)('a VM with kernel %s', (kernel) => {
  test('has the kernel, its BTF, kprobes and uprobes, and this machine’s programs', async () => {
    const { output, exitCode, report } = await runInVm(kernel, [
      'sh',
      '-c',
      `uname -r; node --version; ls /sys/kernel/btf/vmlinux;
       ls -d /sys/bus/event_source/devices/kprobe /sys/bus/event_source/devices/uprobe;
       grep ' T tcp_sendmsg$' /proc/kallsyms; bpftool feature probe kernel | grep 'program_type kprobe'`,
    ]);
    expect(exitCode, report).toBe(0);
    expect(output).toMatch(releases[kernel]);
    expect(output).toContain(process.version);
    expect(output).toContain('/sys/kernel/btf/vmlinux');
    expect(output).toContain('devices/kprobe');
    expect(output).toContain('devices/uprobe');
    expect(output).toContain('T tcp_sendmsg');
    expect(output).toContain('program_type kprobe is available');
  });

  test('serves and fetches on loopback, IPv4 and IPv6', async () => {
    const { output, exitCode, report } = await runInVm(kernel, ['sh', '-c', serveAndFetch]);
    expect(output).toBe('served\nserved\n');
    expect(exitCode, report).toBe(0);
  });

  test('gives back the exit code, whole output and results, and leaves nothing else', async () => {
    const marker = `vm-wrote-${process.pid}`;
    const { output, exitCode, report } = await runInVm(
      kernel,
      [
        'sh',
        '-c',
        `touch "$1" "$HOME/$1" "/var/tmp/$1" "/tmp/$1" || exit 9
         seq 200000; echo kept >"$VM_RESULTS/kept"; exit 3`,
        'sh',
        marker,
      ],
      { results: folder },
    );
    expect(exitCode, report).toBe(3);
    expect(output.split('\n')).toHaveLength(200_001);
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('kept\n');
    for (const place of ['.', process.env.HOME ?? '/root', '/var/tmp', '/tmp']) {
      expect(existsSync(join(place, marker))).toBe(false);
    }
  });

  test('makes namespaces and loads the modules they need', async () => {
    const { output, exitCode, report } = await runInVm(kernel, [
      'sh',
      '-ec',
      'unshare --user --map-root-user true; ip link add veth0 type veth peer name veth1; ip netns add other; ip link set veth1 netns other; echo made',
    ]);
    expect(exitCode, report).toBe(0);
    expect(output).toBe('made\n');
  });

  test('that hangs or panics is ended and reported', async () => {
    const hung = await runInVm(kernel, ['sh', '-c', 'echo before; sleep 600'], {
      timeoutSeconds: 40,
    });
    expect(hung.exitCode).toBe(124);
    expect(hung.output).toBe('before\n');
    expect(hung.report).toContain('out of time');

    const panicked = await runInVm(kernel, ['sh', '-c', 'echo c >/proc/sysrq-trigger']);
    expect(panicked.exitCode).toBe(125);
    expect(panicked.report).toContain('Kernel panic');
  });
});

test('an unknown kernel is refused', async () => {
  const { exitCode, report } = await runInVm('4.19' as VmKernel, ['true']);
  expect(exitCode).toBe(125);
  expect(report).toContain('5.10, 6.1, 6.12 or sid');
});

test('no VM outlives its script, even killed', async () => {
  const script = spawn('bash', [join(import.meta.dirname, 'run.sh'), '6.1', 'sleep', '600'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // killed like that it cannot tidy up; we do
    env: { ...process.env, TMPDIR: folder },
  });
  await expect.poll(() => script.stderr.read()?.toString(), { timeout: 120_000 }).toMatch(/booted/);
  const children = readFileSync(`/proc/${script.pid}/task/${script.pid}/children`, 'utf8');
  const qemu = children.split(' ').find((pid) => commandOf(pid).startsWith('qemu'));
  expect(qemu).toBeDefined();
  script.kill('SIGKILL');
  await expect.poll(() => commandOf(String(qemu)), { timeout: 20_000 }).toBe('');
});

/** The name of a process, empty when it has gone. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}
