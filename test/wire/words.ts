import { join } from 'node:path';

/** The command line of a program in a folder, by what it is written in. */
export function words(
  folder: string,
  name: string,
  ...args: readonly (string | number)[]
): [string, ...string[]] {
  const path = join(import.meta.dirname, folder, name);
  return [...runtimeOf(name), path, ...args.map(String)];
}

function runtimeOf(name: string): [string, ...string[]] {
  if (name.endsWith('.py')) return ['python3'];
  return name.endsWith('.ts') ? [process.execPath, '--import', 'tsx'] : [process.execPath];
}
