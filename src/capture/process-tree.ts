import { readdirSync, readFileSync } from 'node:fs';

/** Parent of each process that /proc shows, by pid. */
function readParents(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // proc(5): pid (comm) state ppid …, where comm may hold spaces and parentheses.
      const afterComm = stat.slice(stat.lastIndexOf(')') + 2);
      parents.set(pid, Number(afterComm.split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  return parents;
}

/** The process and all that descend from it, as /proc shows them now. */
export function listProcessTree(root: number): number[] {
  const parents = readParents();
  const tree = [root];
  for (const ancestor of tree) {
    for (const [pid, parent] of parents) if (parent === ancestor) tree.push(pid);
  }
  return tree;
}

export function isRunning(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return true;
  } catch {
    return false;
  }
}
