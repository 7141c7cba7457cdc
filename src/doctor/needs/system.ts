import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'system';

/** The BPF programs read the registers of x86-64. */
export function system({ platform, arch }: Machine): Finding {
  const found = `${platform} on ${arch}`;
  if (platform === 'linux' && arch === 'x64') return { status: 'ok', need, found };
  return { status: 'no', need, found: `${found}, only Linux on x86-64 can capture` };
}
