import { spawnSync } from 'node:child_process';
import { chmodSync, constants, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemErrorText, UserError } from '../user-error.ts';
import { asUser, type WiresharkUser } from './wireshark-user.ts';

/** To load and attach BPF programs, and to look at processes and files of others. */
const CAPABILITIES = 'cap_bpf,cap_perfmon,cap_sys_ptrace,cap_dac_read_search=ep';

/** setcap(8) is not on the path of everyone who may run it. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;

/** A copy of Node.js that may capture, for one user alone. */
export function privilegedNode({ home }: WiresharkUser): string {
  return join(home, '.local/lib/plaincap/node');
}

/**
 * Makes that copy, in a folder that nobody else can enter. Only as root.
 *
 * @throws UserError if the capabilities cannot be given
 */
export function installPrivilegedNode(user: WiresharkUser): string {
  const path = privilegedNode(user);
  asUser(user, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    // What runs now stays as it is.
    rmSync(path, { force: true });
    copyFileSync(process.execPath, path, constants.COPYFILE_FICLONE);
    chmodSync(path, 0o700);
  });
  const { error, status, stderr } = spawnSync('setcap', [CAPABILITIES, path], {
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  if (error) {
    throw new UserError(
      `cannot run setcap: ${systemErrorText(error)}; mend: apt install libcap2-bin`,
    );
  }
  if (status !== 0) throw new UserError(`setcap: ${stderr.trim()}`);
  return path;
}

/** False if there was none. */
export function removePrivilegedNode(user: WiresharkUser): boolean {
  const folder = dirname(privilegedNode(user));
  const existed = existsSync(folder);
  rmSync(folder, { recursive: true, force: true });
  return existed;
}
