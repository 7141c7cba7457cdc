import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import { btf } from './btf.ts';
import { kernel } from './kernel.ts';
import { nativeAddon } from './native-addon.ts';
import { privilege } from './privilege.ts';

const need = 'BPF programs';

/**
 * The kernel's verifier has the last word, and tells by which way connections are learned. It is
 * not asked before what it needs is there.
 */
export function programs(machine: Machine): Finding {
  for (const look of [kernel, btf, privilege, nativeAddon]) {
    const { status, need: before } = look(machine);
    if (status === 'no') return { status, need, found: `not tried, see ${before}` };
  }
  const loaded = machine.trial.loadPrograms();
  if ('error' in loaded) return { status: 'no', need, found: loaded.error };
  return { status: 'ok', need, found: 'the kernel accepts them' };
}
