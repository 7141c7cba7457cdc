import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'TLS libraries';

/** Those that the system's programs share. Others bring their own, as node does: a note at most. */
export function tlsLibraries(machine: Machine): Finding {
  const paths = machine.tlsLibraries();
  if (paths.length > 0) return { status: 'ok', need, found: paths.join(', ') };
  return {
    status: 'note',
    need,
    found: 'no TLS library is installed, programs with one of their own can be captured',
    mend: 'sudo apt install libssl3',
  };
}
