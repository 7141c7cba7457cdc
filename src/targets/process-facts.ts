import { readFileSync, statSync } from 'node:fs';

/** Who a process is, for a person. */
export interface ProcessFacts {
  pid: number;
  comm: string;
  uid: number;
  /** Its name in our /etc/passwd; the uid where it has none. */
  user: string;
  /** Path in the unified hierarchy, or in the first one (cgroups(7)). */
  cgroup: string;
}

let users: Map<number, string> | undefined;

/** passwd(5): `name:password:uid:…`. */
function readUsers(): Map<number, string> {
  const names = new Map<number, string>();
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const [name, , uid] = line.split(':');
      if (name && uid && !names.has(Number(uid))) names.set(Number(uid), name);
    }
  } catch {
    // Then users are numbers.
  }
  return names;
}

/** Throws what /proc says of a process that has ended. */
export function readProcessFacts(pid: number): ProcessFacts {
  users ??= readUsers();
  const { uid } = statSync(`/proc/${pid}`);
  const cgroups = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trimEnd().split('\n');
  const cgroup = cgroups.find((line) => line.startsWith('0::')) ?? cgroups[0] ?? '';
  return {
    pid,
    comm: readFileSync(`/proc/${pid}/comm`, 'utf8').replace(/\n$/, ''),
    uid,
    user: users.get(uid) ?? `${uid}`,
    cgroup: cgroup.split(':').slice(2).join(':'),
  };
}

/** Whether we may see what the process has mapped. */
export function isVisible(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/maps`);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EACCES';
  }
}
