import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type ElfSymbols, loadAddon, type ProbedSymbol } from '../native/addon.ts';
import { systemErrorText, UserError } from '../user-error.ts';
import { GO_KIND, isGoFunction, readGoProgram } from './go-program.ts';
import { describeKinds, kindOf, type LibraryKind } from './library-kind.ts';
import { ownFile } from './mapped-files.ts';
import { describeUncaptured, findUncapturedTls } from './uncaptured-tls.ts';

/** A file with functions of a TLS library: a shared library, or a program that it is linked into. */
export interface Library {
  kind: LibraryKind;
  /** Where we open it; through /proc/PID/root for a process in a container. */
  path: string;
  /** What a person calls it: its path as the process sees it. */
  name: string;
  buildId: string;
  symbols: ProbedSymbol[];
  /** Of a program made by Go. */
  go?: { version: string; stripped: boolean };
}

/** Throws what the file system or the ELF format has against it, with a `code`. */
function readProbed(path: string, name: string): Library | undefined {
  const addon = loadAddon();
  const functions = addon.functionNames.filter((function_) => !isGoFunction(function_));
  const elf = addon.readSymbols(path, functions);
  const kind = kindOf(elf.symbols.map((symbol) => symbol.name));
  const go = readGoProgram(path);
  if (!go || go.symbols.length === 0) return kind && { kind, path, name, ...elf };
  const { version, stripped, symbols } = go;
  return {
    kind: kind ?? GO_KIND,
    path,
    name,
    buildId: elf.buildId,
    symbols: kind ? [...elf.symbols, ...symbols] : symbols,
    go: { version, stripped },
  };
}

/** What `read` returns; undefined for a file that cannot be read, or is not ELF. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
    throw error;
  }
}

/** Whether the program or library may need a companion that only some need. */
export function mayNeed(kind: LibraryKind, path: string): boolean {
  const { neededBy = [] } = kind.companion ?? {};
  return unlessUnreadable(() => loadAddon().mentions(path, neededBy)) ?? false;
}

/** The functions of a file that can be probed; undefined if it is no TLS library. */
export function readLibrary(path: string, name = path): Library | undefined {
  return unlessUnreadable(() => readProbed(path, name));
}

function whyNot(path: string): string {
  const found = findUncapturedTls(ownFile(path), true);
  if (found) return describeUncaptured(found);
  if (readGoProgram(path)) return `${basename(path)} is a Go program without crypto/tls`;
  return `${basename(path)} has no symbols of a TLS library`;
}

/** The same for a file that the user named: throws a UserError that says what is wrong with it. */
export function requireLibrary(path: string): Library {
  let reason: string;
  try {
    statSync(path);
    const library = readProbed(path, path);
    if (library) return library;
    reason = whyNot(path);
  } catch (error) {
    const isElf = (error as NodeJS.ErrnoException).code !== 'ENOEXEC';
    reason = isElf ? systemErrorText(error) : 'not an ELF file';
  }
  throw new UserError(
    `--lib ${path}: ${reason}; give a ${describeKinds()}, or a program linked with one`,
  );
}

/**
 * The second file of a shared library, with the functions that are only there; undefined if its
 * kind has none, if it is not beside the first, or if all is in the first.
 *
 * @param locate where we open the file that the program sees by a name
 */
export function readCompanion(
  { kind, name, symbols }: Library,
  locate: (name: string) => string = (path) => path,
): Library | undefined {
  const { companion } = kind;
  if (!companion || symbols.some((symbol) => companion.functions.includes(symbol.name))) {
    return undefined;
  }
  const companionName = companion.pathOf(name);
  const paths = { path: locate(companionName), name: companionName };
  const addon = loadAddon();
  const known = companion.functions.filter((symbol) => addon.functionNames.includes(symbol));
  const elf: ElfSymbols | undefined = unlessUnreadable(() => addon.readSymbols(paths.path, known));
  return elf && elf.symbols.length > 0 ? { kind, ...paths, ...elf } : undefined;
}
