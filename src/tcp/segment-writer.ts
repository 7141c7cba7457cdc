import { type BlockOutput, PACKET_FLAGS, type PcapngSection } from '../pcap-writer/index.ts';
import { copyAndSum, sumBytes } from './checksum.ts';
import type { Endpoint } from './endpoint.ts';
import {
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ETHERNET_HEADER_LENGTH,
  encodeEthernetHeader,
} from './ethernet.ts';
import type { FrameRepeater } from './frame-repeater.ts';
import { encodeIpv4Header, IPV4_HEADER_LENGTH } from './ipv4.ts';
import { encodeIpv6Header, IPV6_HEADER_LENGTH } from './ipv6.ts';
import {
  encodeTcpChecksum,
  encodeTcpHeader,
  FIN,
  SYN,
  TCP_HEADER_LENGTH,
  tcpHeaderLength,
} from './tcp-header.ts';

/** When and on which interface packets are. */
export interface PacketContext {
  readonly interfaceId: number;
  /** Nanoseconds since the section's base. */
  readonly timeNs: number;
}

/** From so many bytes on, what copies them as a whole is faster than word by word. */
const MIN_BULK_LENGTH = 512;

const NO_COMMENTS: readonly string[] = [];

/**
 * Writes segments straight into the blocks of a capture file. `begin` reserves one and encodes its
 * headers, the caller puts the payload in its place and adds up its sum, `end` sets the checksum.
 * Nothing else may be written to the output in between.
 */
export class SegmentWriter {
  readonly #section: PcapngSection;
  readonly #output: BlockOutput;
  readonly #repeater: FrameRepeater | undefined;
  /** Over the buffer last copied from: the events of one batch share it. */
  #source: DataView = new DataView(new ArrayBuffer(0));
  /** Of the segment that is begun: its offset in the output, and its checksum's addends so far. */
  #headerAt = 0;
  #headerTotal = 0;

  /** @param repeater writes the same as we do, in less time */
  constructor(section: PcapngSection, output: BlockOutput, repeater?: FrameRepeater) {
    this.#section = section;
    this.#output = output;
    this.#repeater = repeater;
  }

  /** Over the output, until the next `begin`. */
  get view(): DataView {
    return this.#output.view;
  }

  /**
   * Begins a segment, and takes its sequence numbers from the sender.
   *
   * @param payloadLength in bytes, at most the sender's `maxSegmentSize`.
   * @returns the offset of the payload in the output.
   */
  begin(
    context: PacketContext,
    sender: Endpoint,
    receiver: Endpoint,
    flags: number,
    payloadLength: number,
    comment?: string,
  ): number {
    const ipHeaderLength = sender.isIpv4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH;
    const headerLength = tcpHeaderLength(flags);
    const length = headerLength + payloadLength;
    const frameLength = ETHERNET_HEADER_LENGTH + ipHeaderLength + length;
    const comments = comment === undefined ? NO_COMMENTS : [comment];
    const frameAt = this.#addPacket(context, sender, frameLength, comments);
    const { view } = this.#output;
    const ipAt = frameAt + ETHERNET_HEADER_LENGTH;
    if (sender.isIpv4) {
      encodeEthernetHeader(view, frameAt, sender.isClient, ETHER_TYPE_IPV4);
      encodeIpv4Header(view, ipAt, sender, receiver, length);
    } else {
      encodeEthernetHeader(view, frameAt, sender.isClient, ETHER_TYPE_IPV6);
      encodeIpv6Header(view, ipAt, sender, receiver, length);
    }
    this.#headerAt = ipAt + ipHeaderLength;
    this.#headerTotal = encodeTcpHeader(view, this.#headerAt, sender, receiver, flags, length);
    sender.advance(payloadLength + (flags & (SYN | FIN) ? 1 : 0));
    return this.#headerAt + headerLength;
  }

  /** Puts bytes at `at` of the output, and returns their sum. */
  copy(bytes: Uint8Array, start: number, length: number, at: number): number {
    if (length >= MIN_BULK_LENGTH) {
      return copyAsWhole(bytes, start, length, this.#output.bytes, at);
    }
    if (this.#source.buffer !== bytes.buffer) this.#source = new DataView(bytes.buffer);
    return copyAndSum(this.#source, bytes.byteOffset + start, length, this.#output.view, at);
  }

  /** Puts zeros at `at` of the output. Their sum is 0. */
  zero(at: number, length: number): void {
    this.#output.bytes.fill(0, at, at + length);
  }

  /**
   * Writes a segment of data like the last one of the sender, and takes its sequence numbers from
   * it. False, and nothing is written, if none was remembered.
   *
   * @param length in bytes; with what is around it, at most the sender's `maxSegmentSize`
   */
  repeat(
    context: PacketContext,
    sender: Endpoint,
    receiver: Endpoint,
    bytes: Uint8Array,
    start: number,
    length: number,
  ): boolean {
    const repeater = this.#repeater;
    if (repeater === undefined || !repeater.knows(sender)) return false;
    const frameLength = repeater.overheadOf(sender) + length;
    const frameAt = this.#addPacket(context, sender, frameLength, NO_COMMENTS);
    const { nextSequence } = receiver;
    repeater.repeat(sender, nextSequence, this.#output.bytes, frameAt, bytes, start, length);
    sender.advance(frameLength - headersLength(sender));
    return true;
  }

  /**
   * Remembers the segment that was ended last, for `repeat`.
   *
   * @param at offset of its data in the output
   * @param suffixLength zeros behind the data
   */
  remember(sender: Endpoint, at: number, suffixLength = 0): void {
    const frameAt = this.#headerAt + TCP_HEADER_LENGTH - headersLength(sender);
    this.#repeater?.learn(sender, this.#output.bytes, frameAt, at - frameAt, suffixLength);
  }

  /** @param payloadSum the sum of the whole payload (checksum.ts). */
  end(payloadSum: number): void {
    encodeTcpChecksum(this.#output.view, this.#headerAt, this.#headerTotal + payloadSum);
  }

  /** Offset of the frame, which is to be filled in. */
  #addPacket(
    { interfaceId, timeNs }: PacketContext,
    { isLocal }: Endpoint,
    frameLength: number,
    comments: readonly string[],
  ): number {
    const flags = isLocal ? PACKET_FLAGS.outbound : PACKET_FLAGS.inbound;
    return this.#section.addPacket(interfaceId, timeNs, frameLength, frameLength, flags, comments);
  }
}

/** Before a segment's payload, without options of TCP. */
function headersLength({ isIpv4 }: Endpoint): number {
  const ipHeaderLength = isIpv4 ? IPV4_HEADER_LENGTH : IPV6_HEADER_LENGTH;
  return ETHERNET_HEADER_LENGTH + ipHeaderLength + TCP_HEADER_LENGTH;
}

function copyAsWhole(
  source: Uint8Array,
  start: number,
  length: number,
  target: Uint8Array,
  at: number,
): number {
  target.set(source.subarray(start, start + length), at);
  return sumBytes(new DataView(source.buffer), source.byteOffset + start, length);
}
