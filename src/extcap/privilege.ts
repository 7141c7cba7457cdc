import { readFileSync } from 'node:fs';
import { Capabilities } from '../doctor/capabilities.ts';
import { ownCommand } from '../own-command.ts';

/** Whether we may load and attach BPF programs: as root, or by capabilities of our file. */
export function canCapture(): boolean {
  const capabilities = Capabilities.parse(readFileSync('/proc/self/status', 'utf8'));
  return capabilities.has('CAP_BPF') && capabilities.has('CAP_PERFMON');
}

/** What gives a user the privilege, to be typed. */
export function installCommand(): string {
  return `sudo ${ownCommand().join(' ')} extcap install`;
}
