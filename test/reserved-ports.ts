import { readFileSync, writeFileSync } from 'node:fs';
import { CLAIMED_PORTS } from '../src/flow/claimed-ports.ts';

const RESERVED = '/proc/sys/net/ipv4/ip_local_reserved_ports';

/**
 * No program gets a port from the kernel that Wireshark claims for another protocol (8 of 28,232):
 * there plaincap writes another server port than the wire has. Tests of that name the port.
 *
 * @returns takes it back
 */
export function reserveClaimedPorts(): () => void {
  // Tests that have traffic need root anyway.
  if (process.geteuid?.() !== 0) return () => {};
  const before = readFileSync(RESERVED, 'utf8');
  writeFileSync(RESERVED, [before.trim(), ...CLAIMED_PORTS].filter(Boolean).join(','));
  return () => writeFileSync(RESERVED, before);
}
