import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { listProcesses } from '../targets/mapped-files.ts';
import { UserError } from '../user-error.ts';
import { type GlobElement, isGlob, matchesGlob, parseGlob } from './glob.ts';

/** What /proc/PID/exe has behind the path of a file that was removed or replaced. */
const DELETED = / \(deleted\)$/;

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The pattern of each folder and of the file, without the root. */
function parsePath(pattern: string): GlobElement[][] {
  return pattern.split('/').slice(1).map(parseGlob);
}

/** A leading dot is matched by a dot only (glob(7)). */
function matchesName(elements: readonly GlobElement[], name: string): boolean {
  const [first] = elements;
  const takesDot = first?.kind === 'one' && first.takes(46) && !first.takes(120);
  return matchesGlob(elements, name) && (takesDot || !name.startsWith('.'));
}

/** Names in the folders that match, folder by folder. */
function expand(pattern: string): string[] {
  let paths = ['/'];
  for (const elements of parsePath(pattern)) {
    paths = paths.flatMap((folder) => {
      const names = listNames(folder).filter((name) => matchesName(elements, name));
      return names.map((name) => join(folder, name));
    });
  }
  return paths.filter(isFile);
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // It is no folder.
  }
}

/**
 * Programs that run now, by the paths that their processes have them under: also those of
 * containers, and those whose file was replaced.
 */
function findRunning(matches: (path: string) => boolean): string[] {
  return listProcesses()
    .map((pid) => `/proc/${pid}/exe`)
    .filter((link) => {
      try {
        return matches(readlinkSync(link).replace(DELETED, ''));
      } catch {
        return false; // It ended, or is a thread of the kernel.
      }
    });
}

/**
 * The files that a path or a glob names now. The links below /proc are to be opened, not read.
 *
 * @throws UserError if there are none
 */
export function findExecutables(value: string): string[] {
  const pattern = resolve(value);
  const isOne = isFile(pattern) || !isGlob(pattern);
  const parts = parsePath(pattern);
  const matches = (path: string) => {
    const names = path.split('/').slice(1);
    return (
      names.length === parts.length &&
      parts.every((elements, place) => matchesName(elements, names[place] as string))
    );
  };
  const files = isOne ? [pattern].filter(isFile) : expand(pattern);
  const running = findRunning(isOne ? (path) => path === pattern : matches);
  if (files.length + running.length > 0) return [...files, ...running];
  throw new UserError(`--exe ${value}: there is no such file, and no process that runs one`);
}
