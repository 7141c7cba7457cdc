import type { HttpVersion } from '../http-sniff/sniff-start.ts';
import { CLAIMED_PORTS } from './claimed-ports.ts';

/** Ports that Wireshark's HTTP dissector owns: it finds HTTP in bare TCP on them, but no TLS. */
export const HTTP_PORTS: ReadonlySet<number> = new Set([
  80, 1900, 2710, 2869, 3128, 3132, 5985, 8080, 8088, 11371,
]);

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/** In what form a conversation stands in the file. */
export interface WrittenForm {
  readonly encapsulation: 'null-tls' | 'bare-tcp';
  /** The real server port, or that of HTTP or HTTPS. */
  readonly serverPort: number;
}

/**
 * The form that Wireshark dissects without settings. The server's port decides there, if any
 * dissector owns it, else the client's. So the plaintext of TLS is bare on a server port of HTTP,
 * and in TLS records elsewhere: on port 443 if a port would give them to another dissector.
 *
 * @param http its version, if the conversation is known to be HTTP. The plaintext of TLS is
 *   dissected as such on any port; what never was TLS is not: see `plainPort`.
 */
export function writtenForm(
  protocol: 'tls' | 'plain',
  clientPort: number,
  serverPort: number,
  http?: HttpVersion,
): WrittenForm {
  if (protocol === 'plain') {
    return { encapsulation: 'bare-tcp', serverPort: plainPort(clientPort, serverPort, http) };
  }
  if (HTTP_PORTS.has(serverPort)) return { encapsulation: 'bare-tcp', serverPort };
  return nullTlsForm(clientPort, serverPort);
}

/** TLS records, on the port of HTTPS if another dissector would take them for its own. */
export function nullTlsForm(clientPort: number, serverPort: number): WrittenForm {
  const isOwned = isOwnedByOthers(serverPort) || isOwnedByOthers(clientPort);
  return { encapsulation: 'null-tls', serverPort: isOwned ? HTTPS_PORT : serverPort };
}

/**
 * What never was TLS stays as it was on the wire, but for HTTP on a port where Wireshark does not
 * look for it: of another dissector, of TLS, and for HTTP/2 any that is not HTTP's.
 */
function plainPort(clientPort: number, serverPort: number, http?: HttpVersion): number {
  if (http === undefined || HTTP_PORTS.has(serverPort)) return serverPort;
  const isOwned =
    serverPort === HTTPS_PORT || CLAIMED_PORTS.has(serverPort) || CLAIMED_PORTS.has(clientPort);
  return http === 'h2' || isOwned ? HTTP_PORT : serverPort;
}

function isOwnedByOthers(port: number): boolean {
  return CLAIMED_PORTS.has(port) || HTTP_PORTS.has(port);
}
