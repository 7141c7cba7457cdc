import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Compiles test/kernel/programs/NAME.c into a folder. Returns the program's path. */
export function compile(name: string, folder: string, flags: readonly string[]): string {
  const source = join(import.meta.dirname, 'programs', `${name}.c`);
  const program = join(folder, name);
  const warnings = ['-Wall', '-Wextra', '-Werror'];
  execFileSync('gcc', [...warnings, '-O1', '-o', program, source, ...flags], { stdio: 'pipe' });
  return program;
}
