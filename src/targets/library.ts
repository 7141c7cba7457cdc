import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type ElfSymbols, loadAddon } from '../native/addon.ts';
import { systemErrorText, UserError } from '../user-error.ts';
import { describeKinds, kindOf, type LibraryKind } from './library-kind.ts';

/** A file with functions of a TLS library: a shared library, or a program that it is linked into. */
export interface Library {
  kind: LibraryKind;
  /** Where we open it; through /proc/PID/root for a process in a container. */
  path: string;
  /** What a person calls it: its path as the process sees it. */
  name: string;
  buildId: string;
  symbols: { name: string; offset: number }[];
}

/** Throws what the file system or the ELF format has against it, with a `code`. */
function readProbed(path: string, name: string): Library | undefined {
  const addon = loadAddon();
  const elf = addon.readSymbols(path, addon.functionNames);
  const kind = kindOf(elf.symbols.map((symbol) => symbol.name));
  return kind && { kind, path, name, ...elf };
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

/** The functions of a file that can be probed; undefined if it is no TLS library. */
export function readLibrary(path: string, name = path): Library | undefined {
  return unlessUnreadable(() => readProbed(path, name));
}

/** The same for a file that the user named: throws a UserError that says what is wrong with it. */
export function requireLibrary(path: string): Library {
  let library: Library | undefined;
  let reason = `${basename(path)} has no symbols of a TLS library`;
  try {
    statSync(path);
    library = readProbed(path, path);
  } catch (error) {
    const isElf = (error as NodeJS.ErrnoException).code !== 'ENOEXEC';
    reason = isElf ? systemErrorText(error) : 'not an ELF file';
  }
  if (library) return library;
  throw new UserError(
    `--lib ${path}: ${reason}; give a ${describeKinds()}, or a program linked with one`,
  );
}

/**
 * The second file of a shared library, with the functions that are only there; undefined if its
 * kind has none, if it is not beside the first, or if all is in the first.
 */
export function readCompanion({ kind, path, name, symbols }: Library): Library | undefined {
  const { companion } = kind;
  if (!companion || symbols.some((symbol) => companion.functions.includes(symbol.name))) {
    return undefined;
  }
  const paths = { path: companion.pathOf(path), name: companion.pathOf(name) };
  const addon = loadAddon();
  const known = companion.functions.filter((symbol) => addon.functionNames.includes(symbol));
  const elf: ElfSymbols | undefined = unlessUnreadable(() => addon.readSymbols(paths.path, known));
  return elf && elf.symbols.length > 0 ? { kind, ...paths, ...elf } : undefined;
}
