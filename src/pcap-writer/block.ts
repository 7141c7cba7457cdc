import type { BlockOutput } from './block-output.ts';
import { encodeOptions, type Option, optionsLength } from './options.ts';

const TRAILER_BYTES = 4;

/**
 * Reserves a block and writes what all blocks share (section 3.1): Block Type, Block Total Length
 * at both ends, and the options. The caller writes the fields in between.
 *
 * @param optionsOffset bytes from the block's start to its options, a multiple of 4
 * @returns the block's offset in `output.bytes`; the specification's figures count from there
 */
export function beginBlock(
  output: BlockOutput,
  blockType: number,
  optionsOffset: number,
  options: readonly Option[],
): number {
  const totalLength = optionsOffset + optionsLength(options) + TRAILER_BYTES;
  const block = output.reserve(totalLength);
  const { view } = output;
  view.setUint32(block, blockType, true);
  view.setUint32(block + 4, totalLength, true);
  encodeOptions(options, output, block + optionsOffset);
  view.setUint32(block + totalLength - TRAILER_BYTES, totalLength, true);
  return block;
}
