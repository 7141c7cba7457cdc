import { existsSync } from 'node:fs';
import type { ExaminedFiles } from '../targets/examined-files.ts';
import type { Library } from '../targets/library.ts';
import type { LiveCapture } from './live-capture.ts';

/**
 * Attaches to libraries before a capture runs. Of those that were found in processes, some cannot be
 * reached any more: a process that has ended takes the way to its files with it. They are as if they
 * had not been looked at, so that they are picked up where another process uses them.
 *
 * @returns those that it attached to
 * @throws what the kernel refuses of a library that is still there
 */
export function attachLibraries(
  live: Pick<LiveCapture, 'attach'>,
  libraries: readonly Library[],
  examined: ExaminedFiles,
): Library[] {
  return libraries.filter((library) => {
    try {
      live.attach(library);
      return true;
    } catch (error) {
      if (existsSync(library.path)) throw error;
      examined.forget(library.path);
      return false;
    }
  });
}
