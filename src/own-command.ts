import { join } from 'node:path';

/** The program and its script that run plaincap as it runs now, by absolute paths. */
export function ownCommand(): [node: string, script: string] {
  return [process.execPath, join(import.meta.dirname, 'cli.js')];
}
