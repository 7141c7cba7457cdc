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
  /** Paths that led to the files, by the files' identities. */
  readonly #known = new Map<string, string>();
  readonly #companions = new Map<string, string>();

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

  /** The file that this path led to is looked at again, should another path lead to it. */
  forget(path: string): void {
    for (const files of [this.#known, this.#companions]) {
      for (const [identity, known] of files) if (known === path) files.delete(identity);
    }
  }
}

/** Adds it. False for a file that cannot be reached. */
function isNewTo(known: Map<string, string>, path: string): boolean {
  let identity: string | undefined;
  try {
    identity = identityOf(path);
  } catch {
    return false; // Not ours to look at.
  }
  if (!identity || known.has(identity)) return false;
  known.set(identity, path);
  return true;
}
