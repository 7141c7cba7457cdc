import { type GoProgram, loadAddon } from '../native/addon.ts';
import type { LibraryKind } from './library-kind.ts';

/** The package crypto/tls, which is compiled into each Go program that uses it. */
export const GO_KIND: LibraryKind = {
  name: 'go',
  title: 'Go crypto/tls',
  example: 'a program built with Go',
  reads: ['crypto/tls.(*Conn).Read'],
  writes: ['crypto/tls.(*Conn).writeRecordLocked'],
};

const PACKAGE = 'crypto/tls.';

/** Its symbol tell only where a function begins: nothing to go by for a probe of Go. */
export function isGoFunction(name: string): boolean {
  return name.startsWith(PACKAGE);
}

/**
 * What Go's own tables in a file tell, which no `strip` takes out; undefined if the file was not
 * made by Go. Without symbols and `reason` it is one that does not use crypto/tls. Throws what the
 * file system or the ELF format has against the file, with a `code`.
 */
export function readGoProgram(path: string): GoProgram | undefined {
  const addon = loadAddon();
  return addon.readGoProgram(path, addon.functionNames.filter(isGoFunction));
}
