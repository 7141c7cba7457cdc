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

/** Of Darwin: the packet's process, by the number of its block (darwin-process-block.ts). */
const DARWIN_PROCESS = 32769;
const DARWIN_PROCESS_BYTES = 4;
const PROCESS_OPTION_BYTES = OPTION_HEADER_BYTES + DARWIN_PROCESS_BYTES;

/** epb_flags, the Enhanced Packet Block Flags Word (section 4.3.1): bits 0 and 1, the direction. */
export const PACKET_FLAGS = { inbound: 0b01, outbound: 0b10 } as const;

export type PacketFlags = (typeof PACKET_FLAGS)[keyof typeof PACKET_FLAGS];

const NO_OPTIONS: readonly Option[] = [];

/**
 * Enhanced Packet Block (section 4.3) around a packet that the caller fills in. Without comments
 * it allocates nothing.
 *
 * @param timeNs nanoseconds since `timeBase`
 * @param process number of its process block, if it has one
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
  process: number | undefined,
  comments: readonly string[],
): number {
  // All that can throw comes before the block begins: an output holds whole blocks only.
  const upper = timeBase.upperWord(timeNs);
  const lower = timeBase.lowerWord(timeNs);
  const options = comments.length === 0 ? NO_OPTIONS : commentOptions(comments);
  const flagsOffset = PACKET_DATA_OFFSET + paddedLength(capturedLength);

  // These options are written as fields: a list made anew for every packet would be garbage.
  const processOffset = flagsOffset + FLAGS_OPTION_BYTES;
  const optionsOffset = processOffset + (process === undefined ? 0 : PROCESS_OPTION_BYTES);
  const block = beginBlock(output, BLOCK_TYPE, optionsOffset, options);
  const { view } = output;
  zeroPadding(view, block + flagsOffset);
  view.setUint32(block + 8, interfaceId, true);
  view.setUint32(block + 12, upper, true);
  view.setUint32(block + 16, lower, true);
  view.setUint32(block + 20, capturedLength, true);
  view.setUint32(block + 24, originalLength, true);
  encodeOptionHeader(view, block + flagsOffset, EPB_FLAGS, EPB_FLAGS_BYTES);
  view.setUint32(block + flagsOffset + OPTION_HEADER_BYTES, flags, true);
  if (process !== undefined) {
    encodeOptionHeader(view, block + processOffset, DARWIN_PROCESS, DARWIN_PROCESS_BYTES);
    view.setUint32(block + processOffset + OPTION_HEADER_BYTES, process, true);
  }
  return block + PACKET_DATA_OFFSET;
}
