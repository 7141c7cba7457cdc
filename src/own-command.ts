import { join } from 'node:path';
import { OWN_FOLDER } from './own-folder.ts';

/** The program and its script that run plaincap as it runs now, by absolute paths. */
export function ownCommand(): [node: string, script: string] {
  return [process.execPath, join(OWN_FOLDER, 'dist/cli.js')];
}
