import { statSync } from 'node:fs';
import { UserError } from '../user-error.ts';
import { listInstalledLibraries } from './installed-libraries.ts';
import { type Library, readCompanion, readLibrary, requireLibrary } from './library.ts';
import { listMappedFiles, type MappedFile } from './mapped-files.ts';
import { listProgramFiles } from './program-file.ts';

export interface LibraryScope {
  /** Files that the user named: these and no others. */
  files: readonly string[];
  /** Running processes whose program and libraries are looked at. */
  pids: readonly number[];
  /** Paths of programs that will be started, or that may be. */
  programs?: readonly string[];
}

/** Uprobes are of inodes: two names of one file are one library. */
function inodeOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/**
 * The files that are to be probed. Throws a UserError if a named file is none, or if there
 * are none at all.
 */
export function findLibraries({ files, pids, programs = [] }: LibraryScope): Library[] {
  if (files.length > 0) return withCompanions(files.map(requireLibrary));

  const candidates: MappedFile[] = [
    ...programs.flatMap((path) => listProgramFiles(path)).map((path) => ({ name: path, path })),
    ...listInstalledLibraries().map((path) => ({ name: path, path })),
    ...pids.flatMap(listMappedFiles),
  ];
  const seen = new Set<string>();
  const libraries: Library[] = [];
  for (const { name, path } of candidates) {
    const inode = inodeOf(path);
    if (!inode || seen.has(inode)) continue;
    seen.add(inode);
    const library = readLibrary(path, name);
    if (library) libraries.push(library);
  }
  if (libraries.length === 0) {
    throw new UserError(
      'no OpenSSL library or program found to probe; name one with --lib /path/to/libssl.so',
    );
  }
  return withCompanions(libraries);
}

function withCompanions(libraries: Library[]): Library[] {
  const companions = libraries.map(readCompanion).filter((library) => library !== undefined);
  return [...libraries, ...companions];
}
