import { copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** Copies as much of the project as runs to where every user may read it. */
export function copyProject(target: string): void {
  const addon = 'native/build/Release/plaincap.node';
  mkdirSync(join(target, 'native/build/Release'), { recursive: true });
  copyFileSync(join(PROJECT, addon), join(target, addon));
  // Node.js sees there that dist/ holds ES modules.
  copyFileSync(join(PROJECT, 'package.json'), join(target, 'package.json'));
  cpSync(join(PROJECT, 'dist'), join(target, 'dist'), { recursive: true });
}
