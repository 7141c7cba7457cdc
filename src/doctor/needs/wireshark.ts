import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'Wireshark';

/** Needed to read captures, on this machine or another: a note at most. */
export function wireshark(machine: Machine): Finding {
  const paths = ['wireshark', 'tshark'].map((name) => machine.findProgram(name)).filter(Boolean);
  if (paths.length > 0) return { status: 'ok', need, found: paths.join(', ') };
  return {
    status: 'note',
    need,
    found: 'neither wireshark nor tshark is installed here',
    mend: 'sudo apt install wireshark',
  };
}
