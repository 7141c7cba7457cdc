import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'lockdown';
const PATH = '/sys/kernel/security/lockdown';

/** In confidentiality mode no BPF program may read the kernel's memory (kernel_lockdown(7)). */
export function lockdown(machine: Machine): Finding {
  const text = machine.readText(PATH);
  if (text === undefined) return { status: 'ok', need, found: `off, there is no ${PATH}` };
  const mode = /\[(\w+)\]/.exec(text)?.[1] ?? text.trim();
  if (mode !== 'confidentiality') return { status: 'ok', need, found: mode };
  return {
    status: 'no',
    need,
    found: 'confidentiality mode, in which BPF may not read memory, lasts until the next boot',
    mend: 'sudo sed -i s/lockdown=confidentiality// /etc/default/grub && sudo update-grub && sudo reboot',
  };
}
