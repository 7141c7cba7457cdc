import { expect, test } from 'vitest';
import { Capabilities } from '../../src/doctor/capabilities.ts';

const parse = (hex: string) => Capabilities.parse(`CapInh:\t0\nCapEff:\t${hex}\nCapBnd:\t1ff\n`);

// Bits as `capsh --decode` tells them.
test.each([
  ['0000000000000004', 'CAP_DAC_READ_SEARCH'],
  ['0000000000080000', 'CAP_SYS_PTRACE'],
  ['0000000000200000', 'CAP_SYS_ADMIN'],
  ['0000004000000000', 'CAP_PERFMON'],
  ['0000008000000000', 'CAP_BPF'],
] as const)('%s is %s', (hex, capability) => {
  expect(parse(hex).has(capability)).toBe(true);
  expect(parse('0000000000000000').has(capability)).toBe(false);
});

test('CAP_SYS_ADMIN includes what was split off it, and no more', () => {
  const admin = parse('0000000000200000');
  expect(admin.has('CAP_BPF')).toBe(true);
  expect(admin.has('CAP_PERFMON')).toBe(true);
  expect(admin.has('CAP_SYS_PTRACE')).toBe(false);
});
