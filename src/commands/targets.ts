import { isRunning, listProcessTree } from '../capture/process-tree.ts';
import { listProcesses } from '../targets/mapped-files.ts';
import { isVisible, type ProcessFacts, readProcessFacts } from '../targets/process-facts.ts';
import { TargetFinder } from '../targets/target.ts';
import type { ProcessTargets } from '../targets/target-table.ts';
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
  const finder = new TargetFinder();
  const found: ProcessTargets[] = [];
  let hidden = 0;
  for (const pid of pids.length > 0 ? new Set(pids.flatMap(listProcessTree)) : listProcesses()) {
    if (!isVisible(pid)) hidden++;
    const libraries = finder.find(pid);
    const facts = libraries.length > 0 ? factsOf(pid) : undefined;
    if (facts) found.push({ ...facts, libraries });
  }
  if (json) for (const process of found) console.log(JSON.stringify(process));
  else if (found.length > 0) console.log(targetTable(found, verbose));
  if (hidden > 0) console.error(`plaincap: ${hiddenLine(hidden)}`);
  return 0;
}

/** Undefined for a process that ended meanwhile. */
function factsOf(pid: number): ProcessFacts | undefined {
  try {
    return readProcessFacts(pid);
  } catch {
    return undefined;
  }
}

function hiddenLine(hidden: number): string {
  const what = hidden === 1 ? '1 process' : `${hidden} processes`;
  // Containers may keep some even from root.
  return `${what} cannot be looked at${process.geteuid?.() === 0 ? '' : '; root can'}`;
}
