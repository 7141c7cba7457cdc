import { beginBlock } from './block.ts';
import type { BlockOutput } from './block-output.ts';
import { textOption } from './options.ts';

const BLOCK_TYPE = 0x80000001;
const OPTIONS_OFFSET = 12;
const PROCESS_NAME = 2;

/** A process that packets belong to. */
export interface ProcessDescription {
  pid: number;
  /** As `frame.darwin.process_info.pname` shows it. */
  name: string;
}

/**
 * The block in which Darwin's tcpdump tells of a process. No specification has it, but Wireshark
 * 4.6 shows and filters by its fields; what does not know the block skips it, as its type is of
 * those for local use (section 10.1). Packets refer to it by the number of such blocks before it
 * in the section.
 *
 * @throws RangeError for a name of more than 65535 bytes
 */
export function encodeDarwinProcessBlock(
  output: BlockOutput,
  { pid, name }: ProcessDescription,
): void {
  const block = beginBlock(output, BLOCK_TYPE, OPTIONS_OFFSET, [textOption(PROCESS_NAME, name)]);
  output.view.setUint32(block + 8, pid, true);
}
