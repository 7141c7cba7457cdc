import { beginBlock } from './block.ts';
import type { BlockOutput } from './block-output.ts';
import { commentOptions, encodeOptionHeader, OPTION_HEADER_BYTES, type Option } from './options.ts';
import { paddedLength, zeroPadding } from './padding.ts';
import type { TimeBase } from './timestamp.ts';

const BLOCK_TYPE = 0x00000006;
const PACKET_DATA_OFFSET = 28;

const EPB_FLAGS = 2;
const EPB_FLAGS_BYTES = 4;
const FLAGS_OPTION_BYTES = OPTION_HEADER_BYTES + EPB_FLAGS_BYTES;

/** epb_flags, the Enhanced Packet Block Flags Word (section 4.3.1): bits 0 and 1, the direction. */
export const PACKET_FLAGS = { inbound: 0b01, outbound: 0b10 } as const;

export type PacketFlags = (typeof PACKET_FLAGS)[keyof typeof PACKET_FLAGS];

const NO_OPTIONS: readonly Option[] = [];

/**
 * Enhanced Packet Block (section 4.3) around a packet that the caller fills in. Without comments
 * it allocates nothing.
 *
 * @param timeNs nanoseconds since `timeBase`
 * @returns the offset in `output.bytes` of the `capturedLength` bytes that are the caller's to fill
 * @throws RangeError for a time without timestamp and a comment of more than 65535 bytes
 */
export function encodeEnhancedPacketBlock(
  output: BlockOutput,
  interfaceId: number,
  timeBase: TimeBase,
  timeNs: number,
  capturedLength: number,
  originalLength: number,
  flags: PacketFlags,
  comments: readonly string[],
): number {
  // All that can throw comes before the block begins: an output holds whole blocks only.
  const upper = timeBase.upperWord(timeNs);
  const lower = timeBase.lowerWord(timeNs);
  const options = comments.length === 0 ? NO_OPTIONS : commentOptions(comments);
  const flagsOffset = PACKET_DATA_OFFSET + paddedLength(capturedLength);

  // Every packet has flags, so they are written as a field: a list made anew would be garbage.
  const block = beginBlock(output, BLOCK_TYPE, flagsOffset + FLAGS_OPTION_BYTES, options);
  const { view } = output;
  zeroPadding(view, block + flagsOffset);
  view.setUint32(block + 8, interfaceId, true);
  view.setUint32(block + 12, upper, true);
  view.setUint32(block + 16, lower, true);
  view.setUint32(block + 20, capturedLength, true);
  view.setUint32(block + 24, originalLength, true);
  encodeOptionHeader(view, block + flagsOffset, EPB_FLAGS, EPB_FLAGS_BYTES);
  view.setUint32(block + flagsOffset + OPTION_HEADER_BYTES, flags, true);
  return block + PACKET_DATA_OFFSET;
}
