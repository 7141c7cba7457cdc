import { fstatSync, statSync } from 'node:fs';
import type { Destination } from '../sink/destination-name.ts';
import { UsageError } from '../user-error.ts';

const STDOUT_FD = 1;

/**
 * Refuses destinations that are the recording itself, by whatever name: it would be emptied, or
 * grow, while it is read.
 *
 * @param recording its path, or the descriptor that it is read from
 * @throws UsageError
 */
export function refuseOverwriting(
  recording: string | number,
  destinations: readonly Destination[],
): void {
  const file = identityOf(recording);
  for (const { path } of destinations) {
    if (file === undefined || identityOf(path ?? STDOUT_FD) !== file) continue;
    const name = path === undefined ? 'stdout' : `-w ${path}`;
    throw new UsageError(`${name} is the recording itself; write to another file`);
  }
}

/** Of a regular file; a pipe or a terminal may well be read and written. */
function identityOf(file: string | number): string | undefined {
  const options = { bigint: true, throwIfNoEntry: false } as const;
  const stats = typeof file === 'number' ? fstatSync(file, options) : statSync(file, options);
  return stats?.isFile() ? `${stats.dev}:${stats.ino}` : undefined;
}
