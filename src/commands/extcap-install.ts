import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { listScripts, removeFile, writeScript } from '../extcap/installation.ts';
import { canCapture, installCommand } from '../extcap/privilege.ts';
import {
  installPrivilegedNode,
  privilegedNode,
  removePrivilegedNode,
} from '../extcap/privileged-node.ts';
import { asUser, findWiresharkUser, type WiresharkUser } from '../extcap/wireshark-user.ts';
import { Voice } from '../terminal/voice.ts';

const voice = new Voice('normal', false);

/**
 * Puts plaincap into the interface list of the user's Wireshark. Root, for another user, also gives
 * it what a capture needs.
 */
export function installExtcap(): void {
  const user = findWiresharkUser();
  const isForOther = user.uid !== process.geteuid?.();
  if (isForOther) installPrivilegedNode(user);
  const copy = privilegedNode(user);
  const node = existsSync(copy) ? copy : process.execPath;
  const scripts = listScripts(user);
  asUser(user, () => {
    for (const path of scripts) writeScript(path, node);
  });
  voice.say(`installed for ${user.name}: ${scripts.join(', ')}`);
  voice.say(describePrivilege(user, node));
}

function describePrivilege({ name }: WiresharkUser, node: string): string {
  if (node !== process.execPath) return `captures with ${node}, which only ${name} may run`;
  if (canCapture()) return 'captures with the privilege that you have now';
  const { status } = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  if (status === 0) return 'captures by sudo, as that asks you for no password';
  return `captures need privilege that ${name} does not have; this gives it: ${installCommand()}`;
}

export function uninstallExtcap(): void {
  const user = findWiresharkUser();
  const removed = asUser(user, () => [
    ...listScripts(user).filter(removeFile),
    ...(removePrivilegedNode(user) ? [privilegedNode(user)] : []),
  ]);
  const what = removed.length > 0 ? `removed: ${removed.join(', ')}` : 'nothing is installed';
  voice.say(`${what}, for ${user.name}`);
}
