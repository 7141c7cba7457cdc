import { beginBlock } from './block.ts';
import type { BlockOutput } from './block-output.ts';
import { commentOptions, type Option, textOption } from './options.ts';

const BLOCK_TYPE = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTIONS_OFFSET = 24;

const SHB_HARDWARE = 2;
const SHB_OS = 3;
const SHB_USERAPPL = 4;

/** What a Section Header Block tells of the capture's origin. */
export interface SectionHeader {
  /** shb_hardware: the machine, such as `x86_64`. */
  hardware?: string;
  /** shb_os: its operating system. */
  os?: string;
  /** shb_userappl: the program that writes the section. */
  userAppl?: string;
  comments?: readonly string[];
}

/**
 * Section Header Block (section 4.1): begins a section, which lasts to the next such block.
 *
 * @throws RangeError for a string of more than 65535 bytes
 */
export function encodeSectionHeaderBlock(output: BlockOutput, header: SectionHeader): void {
  const { hardware, os, userAppl, comments = [] } = header;
  const options: Option[] = commentOptions(comments);
  if (hardware !== undefined) options.push(textOption(SHB_HARDWARE, hardware));
  if (os !== undefined) options.push(textOption(SHB_OS, os));
  if (userAppl !== undefined) options.push(textOption(SHB_USERAPPL, userAppl));

  const block = beginBlock(output, BLOCK_TYPE, OPTIONS_OFFSET, options);
  const { view } = output;
  view.setUint32(block + 8, BYTE_ORDER_MAGIC, true);
  view.setUint16(block + 12, 1, true); // Major Version
  view.setUint16(block + 14, 0, true); // Minor Version
  // Section Length -1: not known when a section begins, and a pipe cannot be corrected later.
  view.setUint32(block + 16, 0xffffffff, true);
  view.setUint32(block + 20, 0xffffffff, true);
}
