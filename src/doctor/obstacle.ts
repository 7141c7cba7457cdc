import { UserError } from '../user-error.ts';
import { LiveTrial } from './live-trial.ts';
import type { Machine } from './machine.ts';
import { BASIC_NEEDS } from './report.ts';
import { thisMachine } from './this-machine.ts';

/** @throws UserError with the first thing that keeps a capture from working, and what mends it. */
export function requireNoObstacle(machine: Machine = thisMachine(new LiveTrial())): void {
  for (const look of BASIC_NEEDS) {
    const { status, need, found, mend } = look(machine);
    if (status !== 'no') continue;
    throw new UserError(`cannot capture: ${need}: ${found}${mend ? `; mend: ${mend}` : ''}`);
  }
}
