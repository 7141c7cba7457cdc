import { statSync } from 'node:fs';
import { type Library, readCompanion, readLibrary } from './library.ts';
import type { ProcessFile } from './mapped-files.ts';

/** Uprobes are of inodes: two names of one file are one. What is written to it makes another. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.dev}:${stats.ino}:${stats.mtimeNs}` : undefined;
}

/** Looks at files for TLS libraries, at each file once. */
export class ExaminedFiles {
  readonly #known = new Set<string>();
  readonly #companions = new Set<string>();

  /** A TLS library and its companion; none in a file that is no library or was looked at before. */
  examine({ name, path, locate }: ProcessFile): Library[] {
    if (!isNewTo(this.#known, path)) return [];
    const library = readLibrary(path, name);
    if (!library) return [];
    const companion = readCompanion(library, locate);
    return companion && isNewTo(this.#companions, companion.path)
      ? [library, companion]
      : [library];
  }
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
