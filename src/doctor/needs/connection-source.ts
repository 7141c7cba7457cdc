import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';
import { programs } from './programs.ts';

const need = 'connections';

/** Where addresses and ports come from: kprobes, or else tracepoints or system calls. */
export function connectionSource(machine: Machine): Finding {
  const { status } = programs(machine);
  const loaded = status === 'ok' ? machine.trial.loadPrograms() : undefined;
  if (loaded && 'connectionSource' in loaded) {
    const why = loaded.connectionSource === 'kprobe' ? '' : ': this kernel has no kprobes';
    return { status: 'ok', need, found: `learned by ${loaded.connectionSource}${why}` };
  }
  return { status: 'note', need, found: 'how they are learned is known once the programs load' };
}
