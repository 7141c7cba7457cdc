import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Mark, searchFile } from './file-search.ts';
import { GO_KIND, readGoProgram } from './go-program.ts';
import { readVersion } from './library-version.ts';
import type { ProcessFile } from './mapped-files.ts';

/** TLS that no probe of ours reaches, and why. */
export interface UncapturedTls {
  name: string;
  title: string;
  version?: string;
  reason: string;
}

/**
 * By the source file of the functions that would be probed, which they name in errors: only what
 * holds their code holds it. A version also stands in programs that use the shared library, as in
 * nginx.
 */
const STATIC_LIBRARIES: readonly (Mark & UncapturedTls)[] = [
  {
    text: 'ssl/ssl_lib.c',
    pattern: /ssl\/ssl_lib\.c\0/,
    name: 'openssl',
    title: 'OpenSSL',
    reason: 'linked into the program, which was stripped: no symbol tells where SSL_read is',
  },
  {
    text: 'ssl/ssl_lib.cc',
    pattern: /ssl\/ssl_lib\.cc\0/,
    name: 'openssl',
    title: 'BoringSSL',
    reason: 'linked into the program, which was stripped: no symbol tells where SSL_read is',
  },
  {
    text: '/rustls-',
    pattern: /\/rustls-\d+\.\d+\.\d+\/src\//,
    name: 'rustls',
    title: 'rustls',
    reason: 'TLS in Rust, no native library',
  },
];

/** A name in the function table of a program made by Go, whatever the table's format. */
const GO_TLS: Mark = {
  text: 'crypto/tls.(*Conn).Read',
  pattern: /crypto\/tls\.\(\*Conn\)\.Read\0/,
};

const JVM = 'libjvm.so';

/** Java's version, from the file `release` of its home; the JVM is in lib/server/ of it. */
function readJavaVersion({ name, locate }: ProcessFile): string | undefined {
  try {
    const release = readFileSync(locate(join(dirname(name), '../../release')), 'utf8');
    return /^JAVA_VERSION="([^"]{1,40})"$/m.exec(release)?.[1];
  } catch {
    return undefined;
  }
}

function findGo({ path }: ProcessFile): UncapturedTls | undefined {
  const { version, reason } = readGoProgram(path) ?? {};
  if (reason === undefined || !searchFile(path, [GO_TLS])) return undefined;
  const { name, title } = GO_KIND;
  return { name, title, reason, ...(version && { version }) };
}

function findStatic({ path }: ProcessFile): UncapturedTls | undefined {
  const found = searchFile(path, STATIC_LIBRARIES)?.[0];
  const library = STATIC_LIBRARIES.find(({ pattern }) => found && pattern.test(found));
  if (!library) return undefined;
  const { name, title, reason } = library;
  const version = title === 'OpenSSL' ? readVersion('openssl', [path]) : undefined;
  return { name, title, reason, ...(version && { version }) };
}

/**
 * What a file without functions that we know tells of TLS in its process.
 *
 * @param isProgram else it is a shared library, which is not searched
 */
export function findUncapturedTls(
  file: ProcessFile,
  isProgram: boolean,
): UncapturedTls | undefined {
  if (basename(file.name) === JVM) {
    const version = readJavaVersion(file);
    const reason = 'JVM: TLS in Java, no native library';
    return { name: 'java', title: 'Java', reason, ...(version && { version }) };
  }
  return isProgram ? (findGo(file) ?? findStatic(file)) : undefined;
}

/** `OpenSSL 3.0.17, linked into the program, ...`. */
export function describeUncaptured({ title, version, reason }: UncapturedTls): string {
  return `${version === undefined ? title : `${title} ${version}`}, ${reason}`;
}
