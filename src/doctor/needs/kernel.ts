import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'kernel';
const OLDEST = [5, 15] as const;

/** 5.15 is the first with attach cookies, which tell the probes which function they are at. */
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
