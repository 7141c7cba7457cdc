import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { UserError } from '../user-error.ts';

/** Whose Wireshark it is. */
export interface WiresharkUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** XDG_CONFIG_HOME, where that is known. */
  readonly configHome: string;
}

/** Who calls us, by sudo as well. */
export function findWiresharkUser(): WiresharkUser {
  const { SUDO_UID, XDG_CONFIG_HOME } = process.env;
  const isRoot = process.geteuid?.() === 0;
  const uid = isRoot && SUDO_UID !== undefined ? Number(SUDO_UID) : (process.geteuid?.() ?? 0);
  if (uid !== process.geteuid?.()) {
    const entry = readPasswd(uid);
    return { ...entry, configHome: `${entry.home}/.config` };
  }
  const { name, gid } = readPasswd(uid);
  // As Wireshark has it, HOME before passwd.
  const home = homedir();
  return { name, uid, gid, home, configHome: XDG_CONFIG_HOME || `${home}/.config` };
}

/** Runs `work` with the user's rights, to its return: nothing of it may go on after that. */
export function asUser<T>({ uid, gid }: WiresharkUser, work: () => T): T {
  if (process.geteuid?.() === uid) return work();
  const root = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  process.setegid?.(gid);
  process.seteuid?.(uid);
  try {
    return work();
  } finally {
    process.seteuid?.(root.uid);
    process.setegid?.(root.gid);
  }
}

/** passwd(5): name:password:uid:gid:comment:home:shell. A user without an entry has a number. */
function readPasswd(uid: number): Omit<WiresharkUser, 'configHome'> {
  const { stdout } = spawnSync('getent', ['passwd', `${uid}`], { encoding: 'utf8' });
  const [name, , , gid, , home] = (stdout ?? '').split('\n', 1)[0]?.split(':') ?? [];
  if (name && gid && home) return { name, uid, gid: Number(gid), home };
  if (uid !== process.geteuid?.()) throw new UserError(`user ${uid}, who ran sudo, has no home`);
  return { name: `${uid}`, uid, gid: process.getegid?.() ?? 0, home: homedir() };
}
