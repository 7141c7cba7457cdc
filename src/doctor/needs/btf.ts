import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'BTF';
const PATH = '/sys/kernel/btf/vmlinux';

/** The layout of the kernel's structs, by which the programs fit themselves to this kernel. */
export function btf(machine: Machine): Finding {
  if (machine.exists(PATH)) return { status: 'ok', need, found: PATH };
  return {
    status: 'no',
    need,
    found: `${PATH} is missing: the kernel was built without CONFIG_DEBUG_INFO_BTF`,
    mend: 'sudo apt install linux-image-amd64 && sudo reboot',
  };
}
