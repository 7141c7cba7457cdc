import type { Finding, Need } from './finding.ts';
import type { Machine } from './machine.ts';
import { btf } from './needs/btf.ts';
import { connectionSource } from './needs/connection-source.ts';
import { kernel } from './needs/kernel.ts';
import { lockdown } from './needs/lockdown.ts';
import { nativeAddon } from './needs/native-addon.ts';
import { privilege } from './needs/privilege.ts';
import { programs } from './needs/programs.ts';
import { system } from './needs/system.ts';
import { tlsLibraries } from './needs/tls-libraries.ts';
import { wireshark } from './needs/wireshark.ts';

/** What can be told before the kernel is asked, in the order in which one has to mend them. */
export const BASIC_NEEDS: readonly Need[] = [system, kernel, btf, lockdown, privilege, nativeAddon];

const NEEDS: readonly Need[] = [
  ...BASIC_NEEDS,
  programs,
  connectionSource,
  tlsLibraries,
  wireshark,
];

/** Looks after all that a capture needs on this machine, by this user. */
export function examine(machine: Machine): Finding[] {
  return NEEDS.map((look) => look(machine));
}

/** One line, without its end: `no    kernel         5.10.0 is older than 5.17; mend: ...`. */
export function findingLine({ status, need, found, mend }: Finding): string {
  const line = `${status.padEnd(4)}  ${need.padEnd(13)}  ${found}`;
  return mend === undefined ? line : `${line}; mend: ${mend}`;
}
