import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isLibraryFile } from './library-kind.ts';

/** `ldconfig -p` has lines like `\tlibssl.so.3 (libc6,x86-64) => /lib/x86_64-linux-gnu/libssl.so.3`. */
const CACHE_LINE = /^\s*(\S+) \(.*\) => (\S+)$/gm;

function listCachedLibraries(): string[] {
  const ldconfig = ['/sbin/ldconfig', '/usr/sbin/ldconfig'].find((path) => existsSync(path));
  if (!ldconfig) return []; // musl has none.
  const cache = execFileSync(ldconfig, ['-p'], { encoding: 'utf8' });
  return [...cache.matchAll(CACHE_LINE)]
    .filter(([, name]) => isLibraryFile(name as string))
    .map(([, , path]) => path as string);
}

function listLibraryPath(): string[] {
  const folders = (process.env.LD_LIBRARY_PATH ?? '').split(':').filter(Boolean);
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter(isLibraryFile)
        .map((name) => join(folder, name)),
    );
}

/** The TLS libraries that the dynamic linker would give to a program that starts now. */
export function listInstalledLibraries(): string[] {
  return [...listLibraryPath(), ...listCachedLibraries()];
}
