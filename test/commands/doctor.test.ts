import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { CLI, runPlaincap } from '../run-plaincap.ts';

const NEEDS = [
  'system',
  'kernel',
  'BTF',
  'lockdown',
  'privilege',
  'native addon',
  'BPF programs',
  'connections',
  'TLS libraries',
  'Wireshark',
];

const needsOf = (report: string) => report.split('\n').map((line) => line.slice(6, 21).trimEnd());

test('on this machine, a line a need', () => {
  const { exitCode, stdout, stderr } = runPlaincap(['doctor']);
  expect(stderr).toBe('');
  expect(needsOf(stdout.toString())).toEqual([...NEEDS, '']);
  expect(exitCode).toBe(/^no /m.test(stdout.toString()) ? 1 : 0);
});

test('a user without privilege is told so, and has exit code 1', () => {
  const { status, stdout } = spawnSync(
    'setpriv',
    ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, CLI, 'doctor'],
    { encoding: 'utf8' },
  );
  expect(needsOf(stdout)).toEqual([...NEEDS, '']);
  expect(stdout).toContain(
    'no    privilege      no CAP_BPF and CAP_PERFMON; mend: sudo plaincap capture\n',
  );
  expect(stdout).toContain('no    BPF programs   not tried, see privilege\n');
  expect(status).toBe(1);
});
