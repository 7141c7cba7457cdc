import { openSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { type Library, mayNeed, readCompanion, readLibrary } from './library.ts';
import { LIBRARY_KINDS, type LibraryKind } from './library-kind.ts';
import { listMappedFiles, type ProcessFile } from './mapped-files.ts';

/** Uprobes are of inodes: two names of one file are one. What is written to it makes another. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.dev}:${stats.ino}:${stats.mtimeNs}` : undefined;
}

/** Looks at files for TLS libraries, at each file once. */
export class ExaminedFiles {
  readonly #known = new Set<string>();
  readonly #companions = new Set<string>();
  /** Those that no file so far needs, held open: their process may have gone when one does. */
  #unneeded: Library[] = [];
  /** Kinds whose companions are needed. */
  readonly #needed = new Set<LibraryKind>();
  readonly #all: boolean;

  /** @param all whether other files than those that are examined may need a companion */
  constructor(all = false) {
    this.#all = all;
  }

  /**
   * A TLS library and its companion, if that is needed, and companions that the file needs; none for
   * a file that was looked at before.
   */
  examine({ name, path, locate }: ProcessFile): Library[] {
    if (!isNewTo(this.#known, path)) return [];
    const library = readLibrary(path, name);
    if (!library) return this.#takeNeeded(path);
    const companion = readCompanion(library, locate);
    if (!companion || !isNewTo(this.#companions, companion.path)) return [library];
    if (this.#isNeeded(companion.kind)) return [library, companion];
    this.#unneeded.push(heldOpen(companion));
    return [library];
  }

  #isNeeded(kind: LibraryKind): boolean {
    return this.#all || kind.companion?.neededBy === undefined || this.#needed.has(kind);
  }

  #takeNeeded(path: string): Library[] {
    for (const kind of LIBRARY_KINDS) {
      if (!this.#isNeeded(kind) && mayNeed(kind, path)) this.#needed.add(kind);
    }
    const needed = this.#unneeded.filter(({ kind }) => this.#isNeeded(kind));
    this.#unneeded = this.#unneeded.filter(({ kind }) => !this.#isNeeded(kind));
    return needed;
  }
}

function heldOpen(library: Library): Library {
  try {
    return { ...library, path: `/proc/self/fd/${openSync(library.path, 'r')}` };
  } catch {
    return library; // Not there any more: who attaches to it is told.
  }
}

/** Whether the process uses a TLS library that has a companion, and so most probably all that need it. */
export function hasLoadedItsLibraries(pid: number): boolean {
  const kinds = LIBRARY_KINDS.filter(({ companion }) => companion?.neededBy);
  const names = listMappedFiles(pid).map(({ name }) => basename(name));
  return kinds.every(({ file }) => names.some((name) => file?.test(name)));
}

/** Adds it. False for a file that cannot be reached. */
function isNewTo(known: Set<string>, path: string): boolean {
  let identity: string | undefined;
  try {
    identity = identityOf(path);
  } catch {
    return false; // Not ours to look at.
  }
  if (!identity || known.has(identity)) return false;
  known.add(identity);
  return true;
}
