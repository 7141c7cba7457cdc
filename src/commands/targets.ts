import { isRunning, listProcessTree } from '../capture/process-tree.ts';
import { listProcesses } from '../targets/mapped-files.ts';
import { findProcessTargets } from '../targets/process-targets.ts';
import { targetTable } from '../targets/target-table.ts';
import { UserError } from '../user-error.ts';

export interface TargetsOptions {
  /** These processes and their descendants. None: all. */
  readonly pids: readonly number[];
  readonly json: boolean;
  readonly verbose: boolean;
}

/** Prints which processes use which TLS library. Returns the exit code. */
export function targets({ pids, json, verbose }: TargetsOptions): number {
  for (const pid of pids) {
    if (!isRunning(pid)) throw new UserError(`--pid ${pid}: there is no such process`);
  }
  const { processes, hidden } = findProcessTargets(
    pids.length > 0 ? new Set(pids.flatMap(listProcessTree)) : listProcesses(),
  );
  if (json) for (const process of processes) console.log(JSON.stringify(process));
  else if (processes.length > 0) console.log(targetTable(processes, verbose));
  if (hidden > 0) console.error(`plaincap: ${hiddenLine(hidden)}`);
  return 0;
}

function hiddenLine(hidden: number): string {
  const what = hidden === 1 ? '1 process' : `${hidden} processes`;
  // Containers may keep some even from root.
  return `${what} cannot be looked at${process.geteuid?.() === 0 ? '' : '; root can'}`;
}
