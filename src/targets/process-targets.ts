import { listProcesses } from './mapped-files.ts';
import { isVisible, type ProcessFacts, readProcessFacts } from './process-facts.ts';
import { TargetFinder } from './target.ts';
import type { ProcessTargets } from './target-table.ts';

export interface FoundTargets {
  /** Processes that use TLS. */
  readonly processes: ProcessTargets[];
  /** How many processes we may not look at. */
  readonly hidden: number;
}

/** Which of these processes use which TLS library. */
export function findProcessTargets(pids: Iterable<number>): FoundTargets {
  const finder = new TargetFinder();
  const processes: ProcessTargets[] = [];
  let hidden = 0;
  for (const pid of pids) {
    if (!isVisible(pid)) hidden++;
    const libraries = finder.find(pid);
    const facts = libraries.length > 0 ? factsOf(pid) : undefined;
    if (facts) processes.push({ ...facts, libraries });
  }
  return { processes, hidden };
}

/** All processes of which something can be captured, by name, with what can be. */
export function listCapturable(): ProcessTargets[] {
  return findProcessTargets(listProcesses())
    .processes.map((process) => ({
      ...process,
      libraries: process.libraries.filter(({ reason }) => reason === undefined),
    }))
    .filter(({ libraries }) => libraries.length > 0)
    .sort((a, b) => a.comm.localeCompare(b.comm) || a.pid - b.pid);
}

/** Undefined for a process that ended meanwhile. */
function factsOf(pid: number): ProcessFacts | undefined {
  try {
    return readProcessFacts(pid);
  } catch {
    return undefined;
  }
}
