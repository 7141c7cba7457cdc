import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { systemErrorText } from '../user-error.ts';
import { type Library, readCompanion, readLibrary } from './library.ts';
import { isLibraryFile } from './library-kind.ts';
import { readVersion } from './library-version.ts';
import { listMappedFiles, type ProcessFile } from './mapped-files.ts';
import { findUncapturedTls } from './uncaptured-tls.ts';

/** A file that would be probed. */
export interface TargetFile {
  /** As the process sees it. */
  path: string;
  /** Hexadecimal; empty when the file has none. */
  buildId: string;
  /** Offsets are in the file, in bytes. */
  points: { function: string; offset: number }[];
}

/** A TLS library that a process uses. */
export interface Target {
  kind: string;
  /** What a person calls it. */
  title: string;
  version?: string;
  /** The library, or the program that it is linked into; then what belongs to it. */
  files: TargetFile[];
  /** Why it cannot be captured. */
  reason?: string;
}

/** Finds the TLS libraries of processes. A file that many of them use is read once. */
export class TargetFinder {
  readonly #known = new Map<string, Target | undefined>();

  find(pid: number): Target[] {
    const files = listMappedFiles(pid);
    const targets = files.map((file, index) => this.#examine(file, index === 0));
    return targets.filter((target) => target !== undefined);
  }

  #examine(file: ProcessFile, isProgram: boolean): Target | undefined {
    try {
      const { dev, ino } = statSync(file.path, { bigint: true });
      const identity = `${dev}:${ino}:${isProgram}:${file.name}`;
      if (!this.#known.has(identity)) this.#known.set(identity, readTarget(file, isProgram));
      return this.#known.get(identity);
    } catch (error) {
      return refusedTarget(file, error);
    }
  }
}

function readTarget(file: ProcessFile, isProgram: boolean): Target | undefined {
  const library = readLibrary(file.path, file.name);
  if (!library) return uncapturedTarget(file, isProgram);
  const { kind, go } = library;
  const companion = readCompanion(library, file.locate);
  const libraries = companion ? [library, companion] : [library];
  const paths = libraries.map(({ path }) => path);
  const version = kind.name === 'go' ? go?.version : readVersion(kind.name, paths);
  return {
    kind: kind.name,
    title: kind.title,
    ...(version && { version }),
    files: libraries.map(fileOf),
  };
}

function fileOf({ name, buildId, symbols }: Library): TargetFile {
  const points = symbols.map(({ name: symbol, offset }) => ({ function: symbol, offset }));
  return { path: name, buildId, points };
}

function withoutPoints({ name }: ProcessFile): TargetFile[] {
  return [{ path: name, buildId: '', points: [] }];
}

function uncapturedTarget(file: ProcessFile, isProgram: boolean): Target | undefined {
  const found = findUncapturedTls(file, isProgram);
  if (!found) return undefined;
  const { name, title, version, reason } = found;
  return { kind: name, title, ...(version && { version }), files: withoutPoints(file), reason };
}

/** A file that we may not read may be anything; its name tells of TLS at most. */
function refusedTarget(file: ProcessFile, error: unknown): Target | undefined {
  if (!isLibraryFile(basename(file.name))) return undefined;
  const reason = `cannot be read: ${systemErrorText(error)}`;
  return { kind: 'unknown', title: '?', files: withoutPoints(file), reason };
}
