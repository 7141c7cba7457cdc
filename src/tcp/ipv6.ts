import type { Endpoint } from './endpoint.ts';
import { encodeIpAddress } from './ip-address.ts';

export const IPV6_HEADER_LENGTH = 40;

const VERSION_6 = 0x6000_0000;
const TCP_HOP_LIMIT_64 = 0x0640;

/**
 * An IPv6 header without extensions and flow label (RFC 8200 section 3).
 *
 * @param payloadLength of TCP header and data in bytes, at most 65,535.
 */
export function encodeIpv6Header(
  view: DataView,
  at: number,
  sender: Endpoint,
  receiver: Endpoint,
  payloadLength: number,
): void {
  view.setUint32(at, VERSION_6);
  view.setInt32(at + 4, (payloadLength << 16) | TCP_HOP_LIMIT_64);
  encodeIpAddress(view, at + 8, sender.address);
  encodeIpAddress(view, at + 24, receiver.address);
}
