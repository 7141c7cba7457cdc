import type { Machine } from './machine.ts';

/** `no`: a capture would fail. `note`: it works, and something about it is worth to know. */
export type Status = 'ok' | 'no' | 'note';

/** What the doctor found out about one need of a capture. */
export interface Finding {
  status: Status;
  /** The need in a word or two, such as `kernel`. */
  need: string;
  /** What there is, or what is missing, in part of a line. */
  found: string;
  /** The command that mends it, where there is one. */
  mend?: string;
}

/** Looks after one need. */
export type Need = (machine: Machine) => Finding;
