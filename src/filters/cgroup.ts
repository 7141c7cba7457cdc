import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { UserError } from '../user-error.ts';

/** Where the hierarchy of cgroups v2 is; undefined where there are only those of v1. */
export function findCgroupMount(): string | undefined {
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    // proc(5): id parent device root MOUNT-POINT options [tags...] - TYPE source options
    const [before = '', after = ''] = line.split(' - ');
    if (after.startsWith('cgroup2 ')) return before.split(' ')[4];
  }
  return undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** The folder with this inode number, which is the cgroup's id. */
function findById(folder: string, id: bigint): string | undefined {
  try {
    if (statSync(folder, { bigint: true }).ino === id) return folder;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const found = entry.isDirectory() ? findById(join(folder, entry.name), id) : undefined;
      if (found) return found;
    }
  } catch {
    // It was removed meanwhile.
  }
  return undefined;
}

/**
 * The folder of a cgroup.
 *
 * @param value its folder, or its path below the mount as /proc/PID/cgroup has it, or its id
 * @throws UserError if there is none
 */
export function findCgroup(value: string): string {
  const mount = findCgroupMount();
  if (!mount) {
    throw new UserError(`--cgroup ${value}: no cgroup v2 hierarchy is mounted on this machine`);
  }
  const path = normalize(value);
  const folder = path === mount || path.startsWith(`${mount}/`) ? path : join(mount, `/${path}`);
  const found = isFolder(folder) ? folder : undefined;
  const cgroup = found ?? (/^\d+$/.test(value) ? findById(mount, BigInt(value)) : undefined);
  if (!cgroup) throw new UserError(`--cgroup ${value}: there is no such cgroup in ${mount}`);
  return cgroup;
}
