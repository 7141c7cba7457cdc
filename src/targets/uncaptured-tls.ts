import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Mark, searchFile } from './file-search.ts';
import type { ProcessFile } from './mapped-files.ts';

/** TLS that no probe of ours reaches, and why. */
export interface UncapturedTls {
  name: string;
  title: string;
  version?: string;
  reason: string;
}

/** Of the file names of libssl's sources, which its error messages have. */
const STATIC_LIBRARIES: readonly (Mark & UncapturedTls)[] = [
  {
    text: 'ssl/statem/statem',
    pattern: /ssl\/statem\/statem\w*\.c/,
    name: 'openssl',
    title: 'OpenSSL',
    reason: 'linked into the program, which was stripped: no symbol tells where SSL_read is',
  },
  {
    text: 'ssl/handshake_client.cc',
    pattern: /ssl\/handshake_client\.cc/,
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

/** What a mapped file without functions that we know tells of TLS in its process. */
export function findUncapturedTls(
  file: ProcessFile,
  isProgram: boolean,
): UncapturedTls | undefined {
  if (basename(file.name) === JVM) {
    const version = readJavaVersion(file);
    const reason = 'JVM: TLS in Java, no native library';
    return { name: 'java', title: 'Java', reason, ...(version && { version }) };
  }
  if (!isProgram) return undefined;
  const found = searchFile(file.path, STATIC_LIBRARIES)?.[0];
  const library = STATIC_LIBRARIES.find(({ pattern }) => found && pattern.test(found));
  return library && { name: library.name, title: library.title, reason: library.reason };
}
