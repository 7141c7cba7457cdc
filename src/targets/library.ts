import { statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type ElfSymbols, loadAddon } from '../native/addon.ts';
import { systemErrorText, UserError } from '../user-error.ts';

/** A file with functions of a TLS library: a shared library, or a program that it is linked into. */
export interface Library {
  /** Where we open it; through /proc/PID/root for a process in a container. */
  path: string;
  /** What a person calls it: its path as the process sees it. */
  name: string;
  buildId: string;
  symbols: { name: string; offset: number }[];
}

/** Bytes are captured both ways only if one of each is there. */
const READS = ['SSL_read', 'SSL_read_ex'];
const WRITES = ['SSL_write', 'SSL_write_ex'];

const BIO_FUNCTIONS = ['BIO_write', 'BIO_read'];

function hasBothDirections({ symbols }: ElfSymbols): boolean {
  const names = new Set(symbols.map((symbol) => symbol.name));
  return READS.some((name) => names.has(name)) && WRITES.some((name) => names.has(name));
}

/** The functions of a file that can be probed; undefined if it is no TLS library. */
export function readLibrary(path: string, name = path): Library | undefined {
  const addon = loadAddon();
  try {
    const symbols = addon.readSymbols(path, addon.functionNames);
    return hasBothDirections(symbols) ? { path, name, ...symbols } : undefined;
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
    throw error;
  }
}

/** The same for a file that the user named: throws a UserError that says what is wrong with it. */
export function requireLibrary(path: string): Library {
  const addon = loadAddon();
  let symbols: ElfSymbols;
  try {
    statSync(path);
    symbols = addon.readSymbols(path, addon.functionNames);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOEXEC'
        ? 'not an ELF file'
        : systemErrorText(error);
    throw new UserError(`--lib ${path}: ${reason}; give a libssl.so or a program linked with one`);
  }
  if (hasBothDirections(symbols)) return { path, name: path, ...symbols };
  throw new UserError(
    `--lib ${path}: ${basename(path)} has no symbols SSL_read and SSL_write; ` +
      'give a libssl.so or a program linked with one',
  );
}

/**
 * The libcrypto that goes with a shared libssl, for its BIOs: the ciphertext that passes them tells
 * which socket carries the session. Undefined if there is none beside it, or if the BIOs are in the
 * same file.
 */
export function readCompanion({ path, name, symbols }: Library): Library | undefined {
  if (symbols.some(({ name }) => BIO_FUNCTIONS.includes(name))) return undefined;
  const companion = (file: string) => join(dirname(file), basename(file).replace('ssl', 'crypto'));
  const addon = loadAddon();
  try {
    const found = addon.readSymbols(companion(path), BIO_FUNCTIONS);
    return found.symbols.length > 0
      ? { path: companion(path), name: companion(name), ...found }
      : undefined;
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code === 'string') return undefined;
    throw error;
  }
}
