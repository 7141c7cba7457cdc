import { readdirSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/**
 * Takes precedence over the captured programs, if the system allows it: where they keep all
 * processors busy, nobody would read what they fill the ring with. A priority is a thread's:
 * those that write, compile and collect garbage are there before, and are waited for. Threads that
 * are made later have it too, and so have processes.
 *
 * @returns the priority before
 */
export function raisePriority(): number {
  const before = getPriority();
  const { PRIORITY_ABOVE_NORMAL } = constants.priority;
  if (before <= PRIORITY_ABOVE_NORMAL) return before;
  for (const tid of readdirSync('/proc/self/task')) {
    try {
      setPriority(Number(tid), PRIORITY_ABOVE_NORMAL);
    } catch {
      // The thread has ended; or only root may, or who has CAP_SYS_NICE.
    }
  }
  return before;
}
