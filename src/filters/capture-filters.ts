import type { NativeFilters } from '../native/addon.ts';
import { UserError } from '../user-error.ts';
import { findCgroup } from './cgroup.ts';
import { compileCommPattern } from './comm-pattern.ts';
import { findExecutables } from './executables.ts';
import { findHost } from './host-prefix.ts';
import { findUid } from './name-database.ts';
import { portSet } from './port-set.ts';

/**
 * What a capture is restricted to, as it was written. The values of one kind are alternatives;
 * kinds without a value restrict nothing; all others must hold.
 */
export interface FilterOptions {
  readonly comms: readonly string[];
  readonly executables: readonly string[];
  readonly uids: readonly string[];
  readonly cgroups: readonly string[];
  readonly ports: readonly string[];
  readonly hosts: readonly string[];
}

/** EXECUTABLES_MAX and HOSTS_MAX of bpf/filters.h. */
const MAX_EXECUTABLES = 65536;
const MAX_HOSTS = 4096;

/**
 * Looks up what the names stand for now.
 *
 * Rejects with a UserError for one that stands for nothing.
 */
export async function resolveFilters(options: FilterOptions): Promise<NativeFilters> {
  const executables = options.executables.flatMap(findExecutables);
  const hosts = (await Promise.all(options.hosts.map(findHost))).flat();
  requireAtMost(MAX_EXECUTABLES, executables.length, '--exe', 'files');
  requireAtMost(MAX_HOSTS, hosts.length, '--host', 'addresses');
  return {
    comms: options.comms.map(compileCommPattern),
    executables,
    uids: options.uids.map(findUid),
    cgroups: options.cgroups.map(findCgroup),
    ports: options.ports.length > 0 ? portSet(options.ports) : undefined,
    hosts,
  };
}

/** Whether a process may come to match after its first TLS connection. */
export function canMatchLate({ comms, uids, cgroups }: FilterOptions): boolean {
  return comms.length + uids.length + cgroups.length > 0;
}

function requireAtMost(most: number, number: number, option: string, what: string): void {
  if (number > most) throw new UserError(`${option} names ${number} ${what}, ${most} at most`);
}
