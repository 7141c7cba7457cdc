import { CLAIMED_PORTS } from './claimed-ports.ts';

/** Ports that Wireshark's HTTP dissector owns: it finds HTTP in bare TCP on them, but no TLS. */
export const HTTP_PORTS: ReadonlySet<number> = new Set([
  80, 1900, 2710, 2869, 3128, 3132, 5985, 8080, 8088, 11371,
]);

const HTTPS_PORT = 443;

/** In what form a conversation stands in the file. */
export interface WrittenForm {
  readonly encapsulation: 'null-tls' | 'bare-tcp';
  /** The real server port, or 443. */
  readonly serverPort: number;
}

/**
 * The form that Wireshark dissects without settings. The server's port decides there, if any
 * dissector owns it, else the client's. So the plaintext of TLS is bare on a server port of HTTP,
 * and in TLS records elsewhere: on port 443 if a port would give them to another dissector.
 * What never was TLS stays as it was on the wire.
 */
export function writtenForm(
  protocol: 'tls' | 'plain',
  clientPort: number,
  serverPort: number,
): WrittenForm {
  if (protocol === 'plain' || HTTP_PORTS.has(serverPort)) {
    return { encapsulation: 'bare-tcp', serverPort };
  }
  const isOwned = isOwnedByOthers(serverPort) || isOwnedByOthers(clientPort);
  return { encapsulation: 'null-tls', serverPort: isOwned ? HTTPS_PORT : serverPort };
}

function isOwnedByOthers(port: number): boolean {
  return CLAIMED_PORTS.has(port) || HTTP_PORTS.has(port);
}
