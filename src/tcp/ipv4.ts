import { checksumOf } from './checksum.ts';
import type { Endpoint } from './endpoint.ts';
import { encodeIpAddress } from './ip-address.ts';

export const IPV4_HEADER_LENGTH = 20;

const VERSION_4_OF_5_WORDS = 0x4500;
const DONT_FRAGMENT = 0x4000;
const TTL_64_TCP = 0x4006;

/**
 * An IPv4 header without options (RFC 791 section 3.1). It takes an identification of its sender.
 *
 * @param payloadLength of TCP header and data in bytes, at most 65,515.
 */
export function encodeIpv4Header(
  view: DataView,
  at: number,
  sender: Endpoint,
  receiver: Endpoint,
  payloadLength: number,
): void {
  const totalLength = IPV4_HEADER_LENGTH + payloadLength;
  const identification = sender.takeIdentification();
  const checksum = checksumOf(
    VERSION_4_OF_5_WORDS +
      totalLength +
      identification +
      DONT_FRAGMENT +
      TTL_64_TCP +
      sender.addressSum +
      receiver.addressSum,
  );
  view.setInt32(at, (VERSION_4_OF_5_WORDS << 16) | totalLength);
  view.setInt32(at + 4, (identification << 16) | DONT_FRAGMENT);
  view.setInt32(at + 8, (TTL_64_TCP << 16) | checksum);
  encodeIpAddress(view, at + 12, sender.address);
  encodeIpAddress(view, at + 16, receiver.address);
}
