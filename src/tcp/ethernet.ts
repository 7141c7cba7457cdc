/**
 * Ethernet II headers (RFC 894). Both addresses are locally administered (IEEE 802, bit 0x02 of
 * the first byte): 02:00:00:00:00:01 is the client's, 02:00:00:00:00:02 the server's.
 */

export const ETHERNET_HEADER_LENGTH = 14;

export type EtherType = 0x0800 | 0x86dd;
export const ETHER_TYPE_IPV4: EtherType = 0x0800;
export const ETHER_TYPE_IPV6: EtherType = 0x86dd;

export function encodeEthernetHeader(
  view: DataView,
  at: number,
  fromClient: boolean,
  etherType: EtherType,
): void {
  view.setUint32(at, 0x0200_0000);
  view.setUint32(at + 4, fromClient ? 0x0002_0200 : 0x0001_0200);
  view.setUint32(at + 8, fromClient ? 0x0000_0001 : 0x0000_0002);
  view.setUint16(at + 12, etherType);
}
