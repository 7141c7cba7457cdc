import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';

/**
 * A server's end as the file shows it, for a client `address:port`: if a dissector of Wireshark
 * owns the client's port, the server's is 443 there. A client does not choose its port.
 */
export function shownServer(address: string, port: number, client: string): string {
  const clientPort = Number(client.slice(client.lastIndexOf(':') + 1));
  return `${address}:${CLAIMED_PORTS.has(clientPort) ? 443 : port}`;
}
