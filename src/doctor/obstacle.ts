import { UserError } from '../user-error.ts';
import type { Need } from './finding.ts';
import { LiveTrial } from './live-trial.ts';
import type { Machine } from './machine.ts';
import { btf } from './needs/btf.ts';
import { kernel } from './needs/kernel.ts';
import { lockdown } from './needs/lockdown.ts';
import { nativeAddon } from './needs/native-addon.ts';
import { privilege } from './needs/privilege.ts';
import { system } from './needs/system.ts';
import { thisMachine } from './this-machine.ts';

/** What can be told before the kernel is asked. */
const NEEDS: readonly Need[] = [system, kernel, btf, lockdown, privilege, nativeAddon];

/** @throws UserError with the first thing that keeps a capture from working, and what mends it. */
export function requireNoObstacle(machine: Machine = thisMachine(new LiveTrial())): void {
  for (const look of NEEDS) {
    const { status, need, found, mend } = look(machine);
    if (status !== 'no') continue;
    throw new UserError(`cannot capture: ${need}: ${found}${mend ? `; mend: ${mend}` : ''}`);
  }
}
