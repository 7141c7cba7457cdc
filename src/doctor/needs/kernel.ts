import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'kernel';
const OLDEST = [5, 17] as const;

/** 5.17 is the first with bpf_loop, by which a call's bytes are copied whole, chunk by chunk. */
export function kernel({ kernelRelease }: Machine): Finding {
  const [major = 0, minor = 0] = kernelRelease
    .split('.', 2)
    .map((part) => Number.parseInt(part, 10));
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
    return { status: 'ok', need, found: kernelRelease };
  }
  return {
    status: 'no',
    need,
    found: `${kernelRelease} is older than ${OLDEST.join('.')}`,
    mend: 'sudo apt install linux-image-amd64 && sudo reboot',
  };
}
