/** An IP address as big-endian words of 32 bits: one for IPv4, four for IPv6. */
export type IpAddress = readonly number[];

/**
 * The address of 4 or 16 bytes in network order. IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2)
 * becomes IPv4, which is what such a connection has on the wire.
 *
 * @throws RangeError for another length.
 */
export function decodeIpAddress(bytes: Uint8Array): IpAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return [view.getInt32(0)];
  if (bytes.length !== 16) throw new RangeError(`an IP address of ${bytes.length} bytes`);
  const words = [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
  const mapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  return mapped ? words.slice(3) : words;
}

export function isIpv4(address: IpAddress): boolean {
  return address.length === 1;
}

export function encodeIpAddress(view: DataView, at: number, address: IpAddress): void {
  for (let word = 0; word < address.length; word++) {
    view.setInt32(at + 4 * word, address[word] as number);
  }
}

/** As people write it: dotted, or as RFC 5952 has it. */
export function formatIpAddress(address: IpAddress): string {
  if (isIpv4(address)) return octetsOf(address[0] as number).join('.');
  const groups = address.map((word) => `${hex(word >>> 16)}:${hex(word & 0xffff)}`);
  // URLs have the shortest form (WHATWG URL section 3.5), in brackets.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function octetsOf(word: number): number[] {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff);
}

function hex(group: number): string {
  return group.toString(16);
}
