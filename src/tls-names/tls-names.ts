import { CIPHER_SUITES } from './cipher-suites.ts';

/** ProtocolVersion (RFC 8446 section 4.1.2 and appendix D; RFC 9147 for DTLS). */
const VERSIONS = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
  [0xfeff, 'DTLS 1.0'],
  [0xfefd, 'DTLS 1.2'],
  [0xfefc, 'DTLS 1.3'],
]);

/** `TLS 1.3`, or the number of a version that is not known: `0x7f1c`. */
export function versionName(version: number): string {
  return VERSIONS.get(version) ?? hex(version);
}

/** As IANA has it, or the number of one that is not registered: `0x1301`. */
export function cipherSuiteName(code: number): string {
  return CIPHER_SUITES.get(code) ?? hex(code);
}

function hex(number: number): string {
  return `0x${number.toString(16).padStart(4, '0')}`;
}
