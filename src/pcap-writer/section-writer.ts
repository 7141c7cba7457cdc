import type { BlockOutput } from './block-output.ts';
import { encodeDarwinProcessBlock, type ProcessDescription } from './darwin-process-block.ts';
import { encodeEnhancedPacketBlock, type PacketFlags } from './enhanced-packet-block.ts';
import {
  encodeInterfaceDescriptionBlock,
  type InterfaceDescription,
} from './interface-description-block.ts';
import {
  encodeInterfaceStatisticsBlock,
  type InterfaceStatistics,
} from './interface-statistics-block.ts';
import { encodeSectionHeaderBlock, type SectionHeader } from './section-header-block.ts';
import { TimeBase } from './timestamp.ts';

export interface SectionOptions extends SectionHeader {
  /** What all times of the section count from, in nanoseconds since 1970-01-01 00:00:00 UTC. */
  timeBaseEpochNs: bigint;
}

interface InterfaceState {
  readonly snaplen: number;
  /** Number of the process block of all its packets. */
  readonly process: number | undefined;
  packets: number;
}

const NO_COMMENTS: readonly string[] = [];

/**
 * Writes one section of a pcapng file (draft-ietf-opsawg-pcapng): the blocks, and what they must
 * agree on. Times are whole nanoseconds since the section's time base, at most 104 days (2^53 ns)
 * from it, before or after.
 *
 * Every method encodes whole blocks, or throws a RangeError and encodes nothing. Besides what
 * is said below, that happens for a string of more than 65535 bytes in UTF-8.
 */
export class PcapngSection {
  readonly #output: BlockOutput;
  readonly #timeBase: TimeBase;
  readonly #interfaces: InterfaceState[] = [];
  #processes = 0;

  /** Writes the Section Header Block. */
  constructor(output: BlockOutput, options: SectionOptions) {
    this.#output = output;
    this.#timeBase = new TimeBase(options.timeBaseEpochNs);
    encodeSectionHeaderBlock(output, options);
  }

  /**
   * Writes an Interface Description Block and returns its Interface ID: 0, 1, ...
   *
   * @param process that all packets of the interface are of, if there is one. Its block comes
   *   second: editcap 4.0 wants no other between the section's header and its first interface.
   */
  addInterface(description: InterfaceDescription, process?: ProcessDescription): number {
    const snaplen = encodeInterfaceDescriptionBlock(this.#output, description);
    if (process) encodeDarwinProcessBlock(this.#output, process);
    const number = process && this.#processes++;
    return this.#interfaces.push({ snaplen, process: number, packets: 0 }) - 1;
  }

  /**
   * Writes an Enhanced Packet Block up to the packet itself, `capturedLength` bytes, link-layer
   * header first. The caller fills them in before it uses the output again, in the `bytes` that the
   * output has now:
   *
   *     const offset = section.addPacket(id, timeNs, length, length, PACKET_FLAGS.inbound);
   *     output.bytes.set(packet, offset);
   *
   * @param originalLength bytes of the packet before it was cut to `capturedLength`
   * @returns the packet's offset in `output.bytes`
   * @throws RangeError for an interface that was not added, a captured length above its snaplen,
   * an original length below the captured one, and a time without timestamp
   */
  addPacket(
    interfaceId: number,
    timeNs: number,
    capturedLength: number,
    originalLength: number,
    flags: PacketFlags,
    comments: readonly string[] = NO_COMMENTS,
  ): number {
    const state = this.#interface(interfaceId);
    // >>> 0 keeps a whole number of 32 bits, and nothing else, as it is.
    if (capturedLength >>> 0 !== capturedLength || capturedLength > state.snaplen) {
      throw new RangeError(`captured length ${capturedLength} with a snaplen of ${state.snaplen}`);
    }
    if (originalLength >>> 0 !== originalLength || originalLength < capturedLength) {
      throw new RangeError(`original length ${originalLength}, captured length ${capturedLength}`);
    }
    const offset = encodeEnhancedPacketBlock(
      this.#output,
      interfaceId,
      this.#timeBase,
      timeNs,
      capturedLength,
      originalLength,
      flags,
      state.process,
      comments,
    );
    state.packets++;
    return offset;
  }

  /**
   * Writes an Interface Statistics Block, usually at the end of the capture. isb_ifrecv is the
   * number of packets that were added to the interface, plus those that were dropped.
   *
   * @throws RangeError for an interface that was not added, a time without timestamp, and a count
   * that is no whole number
   */
  addStatistics(interfaceId: number, statistics: Omit<InterfaceStatistics, 'received'>): void {
    const received = this.#interface(interfaceId).packets + statistics.dropped;
    encodeInterfaceStatisticsBlock(this.#output, interfaceId, this.#timeBase, {
      ...statistics,
      received,
    });
  }

  #interface(interfaceId: number): InterfaceState {
    const state = this.#interfaces[interfaceId];
    if (state === undefined) {
      throw new RangeError(`interface ${interfaceId} of ${this.#interfaces.length}`);
    }
    return state;
  }
}
