import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownCommand } from '../own-command.ts';
import type { WiresharkUser } from './wireshark-user.ts';

/** The name of the file that Wireshark runs. */
const SCRIPT = 'plaincap';

/** A file in each folder in which some Wireshark looks for extcap programs of its user. */
export function listScripts({ home, configHome }: WiresharkUser): string[] {
  return [
    // 3.4 to 4.0
    join(configFolder(home, configHome), 'extcap', SCRIPT),
    // From 4.2 on
    join(home, '.local/lib/wireshark/extcap', SCRIPT),
  ];
}

/** Where the user has settings from before XDG, a new folder would hide them from Wireshark. */
function configFolder(home: string, configHome: string): string {
  const folder = join(configHome, 'wireshark');
  const older = join(home, '.wireshark');
  return !isFolder(folder) && isFolder(older) ? older : folder;
}

/** @param node that runs plaincap */
export function writeScript(path: string, node: string): void {
  const [, script] = ownCommand();
  const text = `#!/bin/sh
# Written by plaincap extcap install: shows plaincap in Wireshark's list of interfaces.
exec ${quoted(node)} ${quoted(script)} extcap "$@"
`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/** False if there was none. */
export function removeFile(path: string): boolean {
  if (!existsSync(path)) return false;
  rmSync(path);
  return true;
}

/** For a shell (POSIX XCU 2.2.2). */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
