import { type Mark, searchFile } from './file-search.ts';
import type { LibraryKind } from './library-kind.ts';

/** The version that a library tells of itself is the first group. */
const VERSIONS: Partial<Record<LibraryKind['name'], readonly Mark[]>> = {
  openssl: [
    // OPENSSL_VERSION_TEXT of opensslv.h: `OpenSSL 3.0.17 1 Jul 2025`.
    { text: 'OpenSSL ', pattern: /OpenSSL (\d+\.\d+\.\d+\S{0,20}) +\d/ },
    { text: 'LibreSSL ', pattern: /(LibreSSL \d+\.\d+\.\d+)/ },
    // It has no versions (BORINGSSL_VERSION text of OpenSSL_version()).
    { text: 'BoringSSL', pattern: /(BoringSSL)\0/ },
  ],
  // What gnutls_global_init() logs.
  gnutls: [{ text: 'Enabled GnuTLS ', pattern: /Enabled GnuTLS (\d[\w.]{0,20}) / }],
  // Of libssl3.so, for what(1).
  nss: [{ text: 'NSS ', pattern: /NSS (\d+\.\d[\d.]{0,20})/ }],
};

/** The version of a library of this kind, as one of its files tells it. */
export function readVersion(
  kind: LibraryKind['name'],
  paths: readonly string[],
): string | undefined {
  const marks = VERSIONS[kind];
  if (!marks) return undefined;
  for (const path of paths) {
    const found = searchFile(path, marks);
    if (found) return found[1];
  }
  return undefined;
}
