import { sumWord } from './checksum.ts';
import { formatIpAddress, type IpAddress, isIpv4 } from './ip-address.ts';

/** An address and a port. */
export interface SocketAddress {
  readonly address: IpAddress;
  readonly port: number;
}

/** As people write it: `192.0.2.1:443` or `[2001:db8::1]:443` (RFC 5952 section 6). */
export function formatSocketAddress({ address, port }: SocketAddress): string {
  const text = formatIpAddress(address);
  return isIpv4(address) ? `${text}:${port}` : `[${text}]:${port}`;
}

/** One end of a stream, and what it has sent so far. */
export class Endpoint {
  readonly address: IpAddress;
  readonly port: number;
  readonly isIpv4: boolean;
  /** The address's words, added up for checksums (checksum.ts). */
  readonly addressSum: number;
  readonly isClient: boolean;
  /** Whether it is the captured program's end, whose packets are outbound. */
  readonly isLocal: boolean;
  /** Sequence number of its next byte (RFC 9293 section 3.4): 32 bits, as a signed integer. */
  nextSequence: number;
  /** Of its template (frame-repeater.ts), if that is its own. */
  slot = 0;
  #nextIdentification = 0;

  constructor(end: {
    socket: SocketAddress;
    isClient: boolean;
    isLocal: boolean;
    initialSequence: number;
  }) {
    this.address = end.socket.address;
    this.port = end.socket.port;
    this.isIpv4 = isIpv4(end.socket.address);
    this.addressSum = end.socket.address.reduce((sum, word) => sum + sumWord(word), 0);
    this.isClient = end.isClient;
    this.isLocal = end.isLocal;
    this.nextSequence = end.initialSequence | 0;
  }

  /**
   * The most that one segment carries in bytes: an IP packet's 65,535 less its headers. For IPv6
   * as much less as for a whole packet of 65,535, although its length field leaves the header out.
   */
  get maxSegmentSize(): number {
    return this.isIpv4 ? 65_495 : 65_475;
  }

  /** Takes `count` sequence numbers, modulo 2^32. */
  advance(count: number): void {
    this.nextSequence = (this.nextSequence + count) | 0;
  }

  /** The IPv4 identification of its next packet (RFC 6864). */
  takeIdentification(): number {
    const identification = this.#nextIdentification;
    this.#nextIdentification = (identification + 1) & 0xffff;
    return identification;
  }
}
