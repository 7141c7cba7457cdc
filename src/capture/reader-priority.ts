import { constants, getPriority, setPriority } from 'node:os';

/**
 * Takes precedence over the captured programs, if the system allows it: where they keep all
 * processors busy, nobody would read what they fill the ring with. Threads that are made later
 * have the same priority, and so have processes.
 *
 * @returns the priority before
 */
export function raisePriority(): number {
  const before = getPriority();
  const { PRIORITY_ABOVE_NORMAL } = constants.priority;
  try {
    if (before > PRIORITY_ABOVE_NORMAL) setPriority(PRIORITY_ABOVE_NORMAL);
  } catch {
    // Only root may, or who has CAP_SYS_NICE.
  }
  return before;
}
