/** TCP headers (RFC 9293 section 3.1). */
import { checksumOf, sumWord } from './checksum.ts';
import type { Endpoint } from './endpoint.ts';

/** Without options. */
export const TCP_HEADER_LENGTH = 20;
const SYN_OPTIONS_LENGTH = 12;

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const PROTOCOL_TCP = 6;
const WINDOW = 65_535;
/** Kinds and lengths of the options, and a window scale of 7. */
const MAX_SEGMENT_SIZE = 0x0204;
const SACK_PERMITTED_AND_WINDOW_SCALE = 0x0402_0303;
const SCALE_AND_NO_OPERATIONS = 0x0701_0101;

export function tcpHeaderLength(flags: number): number {
  return flags & SYN ? TCP_HEADER_LENGTH + SYN_OPTIONS_LENGTH : TCP_HEADER_LENGTH;
}

/**
 * A header without its last word. It acknowledges all that the receiver has sent so far, if it
 * acknowledges. With SYN it has options: a maximum segment size (section 3.7.1), SACK permitted
 * (RFC 2018 section 2) and a window scale (RFC 7323 section 2.2).
 *
 * @param segmentLength of header and payload, in bytes.
 * @returns what the checksum adds up besides the payload, the pseudo-header included.
 */
export function encodeTcpHeader(
  view: DataView,
  at: number,
  sender: Endpoint,
  receiver: Endpoint,
  flags: number,
  segmentLength: number,
): number {
  const sequence = sender.nextSequence;
  const acknowledgment = flags & ACK ? receiver.nextSequence : 0;
  const offsetAndFlags = ((tcpHeaderLength(flags) / 4) << 12) | flags;
  view.setInt32(at, (sender.port << 16) | receiver.port);
  view.setInt32(at + 4, sequence);
  view.setInt32(at + 8, acknowledgment);
  view.setInt32(at + 12, (offsetAndFlags << 16) | WINDOW);
  const pseudoHeader = sender.addressSum + receiver.addressSum + PROTOCOL_TCP + segmentLength;
  const header =
    sender.port +
    receiver.port +
    sumWord(sequence) +
    sumWord(acknowledgment) +
    offsetAndFlags +
    WINDOW;
  const options = flags & SYN ? encodeSynOptions(view, at + TCP_HEADER_LENGTH, sender) : 0;
  return pseudoHeader + header + options;
}

function encodeSynOptions(view: DataView, at: number, { maxSegmentSize }: Endpoint): number {
  view.setInt32(at, (MAX_SEGMENT_SIZE << 16) | maxSegmentSize);
  view.setUint32(at + 4, SACK_PERMITTED_AND_WINDOW_SCALE);
  view.setUint32(at + 8, SCALE_AND_NO_OPERATIONS);
  return (
    MAX_SEGMENT_SIZE +
    maxSegmentSize +
    sumWord(SACK_PERMITTED_AND_WINDOW_SCALE) +
    sumWord(SCALE_AND_NO_OPERATIONS)
  );
}

/**
 * The header's last word: its checksum, and no urgent pointer.
 *
 * @param total what `encodeTcpHeader` returned and the sum of the payload.
 */
export function encodeTcpChecksum(view: DataView, at: number, total: number): void {
  view.setInt32(at + 16, checksumOf(total) << 16);
}
