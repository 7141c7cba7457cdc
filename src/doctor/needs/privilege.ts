import { Capabilities, type Capability } from '../capabilities.ts';
import type { Finding } from '../finding.ts';
import type { Machine } from '../machine.ts';

const need = 'privilege';
const mend = 'sudo plaincap capture';

/** To load BPF programs and to attach them. */
const REQUIRED: readonly Capability[] = ['CAP_BPF', 'CAP_PERFMON'];

/** To find the libraries of processes that belong to others in /proc/PID, and to read them. */
const FOR_OTHERS: readonly Capability[] = ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'];

/** What /proc/self/uid_map says where users are who they are to the kernel. */
const INITIAL_USER_NAMESPACE = /^\s*0\s+0\s+4294967295\s*$/;

export function privilege(machine: Machine): Finding {
  const uidMap = machine.readText('/proc/self/uid_map');
  if (uidMap !== undefined && !INITIAL_USER_NAMESPACE.test(uidMap)) {
    const found = 'in a user namespace, as of a rootless container, even root may not load BPF';
    return { status: 'no', need, found: `${found}: capture outside of it`, mend };
  }
  const capabilities = Capabilities.parse(machine.readText('/proc/self/status') ?? '');
  const missing = (wanted: readonly Capability[]) =>
    wanted.filter((capability) => !capabilities.has(capability)).join(' and ');
  if (missing(REQUIRED)) return { status: 'no', need, found: `no ${missing(REQUIRED)}`, mend };
  if (missing(FOR_OTHERS)) {
    const found = `no ${missing(FOR_OTHERS)}: only processes of this user can be captured`;
    return { status: 'note', need, found, mend };
  }
  return { status: 'ok', need, found: [...REQUIRED, ...FOR_OTHERS].join(', ') };
}
