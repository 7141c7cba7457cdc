import { basename, dirname, join } from 'node:path';

/** A TLS library that plaincap knows: how its files are found and what makes one of them useful. */
export interface LibraryKind {
  readonly name: 'openssl' | 'gnutls' | 'nss' | 'go';
  /** What a person calls it. */
  readonly title: string;
  /** Its shared library for a message, without a version. */
  readonly example: string;
  /** Names under which the dynamic linker knows its shared library, if it is ever one. */
  readonly file?: RegExp;
  /** Bytes are captured both ways only if one function of each list is there. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** A second file beside the first, with more functions of the library. */
  readonly companion?: {
    readonly functions: readonly string[];
    /** Its path, from that of the first. */
    pathOf(path: string): string;
    /** It is needed by programs that can call one of these, or by all. */
    readonly neededBy?: readonly string[];
  };
}

function besides(path: string, part: string, other: string): string {
  return join(dirname(path), basename(path).replace(part, other));
}

/** In the order in which a file that has functions of several is called after one. */
export const LIBRARY_KINDS: readonly LibraryKind[] = [
  {
    name: 'openssl', // and BoringSSL and LibreSSL, whose functions have the same names
    title: 'OpenSSL',
    example: 'libssl.so',
    file: /^libssl\.so(\.|$)/,
    reads: ['SSL_read', 'SSL_read_ex'],
    writes: ['SSL_write', 'SSL_write_ex'],
    // The ciphertext that passes its BIOs, and those that it makes of sockets.
    companion: {
      functions: ['BIO_write', 'BIO_read', 'BIO_pop', 'BIO_new_socket'],
      pathOf: (path) => besides(path, 'ssl', 'crypto'),
      // What gives a session another BIO than a socket's, and what calls functions of any name.
      neededBy: ['SSL_set_bio', 'SSL_set0_wbio', 'BIO_f_ssl', 'BIO_new_ssl', 'ffi_call'],
    },
  },
  {
    name: 'gnutls',
    title: 'GnuTLS',
    example: 'libgnutls.so',
    file: /^libgnutls\.so(\.|$)/,
    reads: ['gnutls_record_recv'],
    writes: ['gnutls_record_send', 'gnutls_record_send2'],
  },
  {
    name: 'nss', // Programs read and write through NSPR, where NSS adds a layer to a descriptor.
    title: 'NSS',
    example: 'libnspr4.so',
    file: /^libnspr4\.so(\.|$)/,
    reads: ['PR_Read', 'PR_Recv'],
    writes: ['PR_Write', 'PR_Send'],
    companion: {
      functions: ['SSL_ImportFD', 'SSL_ForceHandshake', 'SSL_GetNextProto'],
      pathOf: (path) => besides(path, 'nspr4', 'ssl3'),
    },
  },
];

/** The kind of a file with these functions; undefined if they do not make one. */
export function kindOf(functions: Iterable<string>): LibraryKind | undefined {
  const names = new Set(functions);
  const has = (name: string) => names.has(name);
  return LIBRARY_KINDS.find(({ reads, writes }) => reads.some(has) && writes.some(has));
}

/** Whether a file is called like the shared library of a kind. */
export function isLibraryFile(name: string): boolean {
  return LIBRARY_KINDS.some(({ file }) => file?.test(name));
}

/** What a person may name: `libssl.so (OpenSSL)`, with "or" before the last. */
export function describeKinds(): string {
  const all = LIBRARY_KINDS.map(({ example, title }) => `${example} (${title})`);
  const last = all.pop() as string;
  return all.length === 0 ? last : `${all.join(', ')} or ${last}`;
}
