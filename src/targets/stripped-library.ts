import { closeSync, openSync, readSync } from 'node:fs';

const ELF_MAGIC = '\x7fELF';
const WINDOW_BYTES = 1024 * 1024;
/** What is looked for is shorter. */
const OVERLAP_BYTES = 64;

/**
 * The source file of the functions that are probed, which they name in errors: only what holds
 * their code holds it. A version also stands in programs that use the shared library, as in nginx.
 */
const SOURCE = /\bssl\/ssl_lib\.cc?\0/;
const VERSION = /\0((?:OpenSSL|BoringSSL|LibreSSL) \d[\w.-]*)/;

/**
 * Why a file in which no function to probe was found holds a TLS library all the same, in a few
 * words; undefined if it holds none, or cannot be read.
 */
export function describeStripped(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const source = scan(fd, SOURCE);
    if (!source) return undefined;
    const family = source[0].includes('.cc') ? 'BoringSSL' : 'OpenSSL';
    const version = scan(fd, VERSION)?.[1];
    return `${version ?? family} is linked in, but stripped of its symbols`;
  } catch {
    return undefined; // No regular file.
  } finally {
    closeSync(fd);
  }
}

/** The first match in an ELF file. */
function scan(fd: number, pattern: RegExp): RegExpExecArray | undefined {
  const window = Buffer.allocUnsafe(WINDOW_BYTES);
  for (let position = 0; ; position += WINDOW_BYTES - OVERLAP_BYTES) {
    const length = readSync(fd, window, 0, WINDOW_BYTES, position);
    const text = window.toString('latin1', 0, length);
    if (position === 0 && !text.startsWith(ELF_MAGIC)) return undefined;
    const match = pattern.exec(text);
    if (match) return match;
    if (length < WINDOW_BYTES) return undefined;
  }
}
