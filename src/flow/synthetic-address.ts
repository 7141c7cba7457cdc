import type { SocketAddress } from '../tcp/endpoint.ts';
import { type IpAddress, isIpv4 } from '../tcp/ip-address.ts';

/** 198.18.0.0/15 is for benchmarks (RFC 2544 appendix C.2.2) and never routed (RFC 6890). */
const CLIENT_NETWORK = 0xc612_0000;
const SERVER_ADDRESS = 0xc613_0001;

/** 2001:2::/48 is the same for IPv6 (RFC 5180 section 8). */
const CLIENT_NETWORK_IPV6 = 0x2001_0002;

/** The dynamic ports (RFC 6335 section 6): the upper two bits of 16 are set. */
const CLIENT_PORTS = 0xc000;
const CLIENT_PORT_BITS = 14;

const SERVER_PORT = { tls: 443, plain: 80 };

/**
 * Addresses for a session that has none of its own, others than those of the 2^30 sessions before
 * it: a client in 198.18.0.0/16, and the server 198.19.0.1.
 */
export function syntheticSockets(
  session: number,
  protocol: keyof typeof SERVER_PORT,
): { client: SocketAddress; server: SocketAddress } {
  const host = (session >>> CLIENT_PORT_BITS) & 0xffff;
  const port = CLIENT_PORTS | (session & ((1 << CLIENT_PORT_BITS) - 1));
  return {
    client: { address: [CLIENT_NETWORK | host | 0], port },
    server: { address: [SERVER_ADDRESS | 0], port: SERVER_PORT[protocol] },
  };
}

/** An address for the client of a connection whose own stands in the file for the other end. */
export function otherEndAddress(connection: number, client: IpAddress): IpAddress {
  if (isIpv4(client)) return [CLIENT_NETWORK | (connection & 0xffff) | 0];
  return [CLIENT_NETWORK_IPV6, 0, Math.trunc(connection / 2 ** 32), connection | 0];
}
