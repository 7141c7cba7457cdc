import { ExaminedFiles } from './examined-files.ts';
import { listInstalledLibraries } from './installed-libraries.ts';
import { type Library, readCompanion, requireLibrary } from './library.ts';
import { listMappedFiles, ownFile } from './mapped-files.ts';
import { listProgramFiles } from './program-file.ts';

export interface LibraryScope {
  /** Files that the user named: these and no others. */
  files: readonly string[];
  /** Running processes whose program and libraries are looked at. */
  pids: readonly number[];
  /** Paths of programs that will be started, or that may be. */
  programs?: readonly string[];
}

/**
 * The files that are to be probed. Throws a UserError if a named file is none.
 *
 * @param examined files that are known already, to which those that are found are added
 */
export function findLibraries(
  { files, pids, programs = [] }: LibraryScope,
  examined = new ExaminedFiles(),
): Library[] {
  if (files.length > 0) return withCompanions(files.map(requireLibrary));
  const candidates = [
    ...programs.flatMap((path) => listProgramFiles(path)).map(ownFile),
    ...listInstalledLibraries().map(ownFile),
    ...pids.flatMap(listMappedFiles),
  ];
  return candidates.flatMap((file) => examined.examine(file));
}

function withCompanions(libraries: Library[]): Library[] {
  const companions = libraries.map((library) => readCompanion(library));
  return [...libraries, ...companions.filter((library) => library !== undefined)];
}
