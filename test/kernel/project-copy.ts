import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

/** Copies as much of the project as runs to where every user may read it. */
export function copyProject(target: string): void {
  const addon = 'native/build/Release/plaincap.node';
  mkdirSync(join(target, 'native/build/Release'), { recursive: true });
  copyFileSync(join(PROJECT, addon), join(target, addon));
  copyFileSync(join(PROJECT, 'package.json'), join(target, 'package.json'));
  cpSync(join(PROJECT, 'dist'), join(target, 'dist'), { recursive: true });
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    const installed = join('node_modules', name);
    cpSync(join(PROJECT, installed), join(target, installed), { recursive: true });
  }
}
