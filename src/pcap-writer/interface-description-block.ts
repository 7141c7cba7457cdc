import { beginBlock } from './block.ts';
import type { BlockOutput } from './block-output.ts';
import { textOption } from './options.ts';

const BLOCK_TYPE = 0x00000001;
const OPTIONS_OFFSET = 16;

const IF_NAME = 2;
const IF_DESCRIPTION = 3;
const IF_TSRESOL = 9;

/** Timestamps count units of 10^-9 s. */
const NANOSECONDS = { type: IF_TSRESOL, value: Uint8Array.of(9) };

const LINKTYPE_ETHERNET = 1;
/** Wireshark and libpcap refuse longer packets. */
const MAX_SNAPLEN = 262144;

export interface InterfaceDescription {
  /** if_name. */
  name: string;
  /** if_description. */
  description: string;
  /** LinkType of all its packets, from the registry of link types; Ethernet by default. */
  linkType?: number;
  /**
   * SnapLen: the most bytes that a packet keeps, from 1 to 262144 (the default). libpcap reads no
   * file whose interfaces differ in this or in the link type.
   */
  snaplen?: number;
}

/**
 * Interface Description Block (section 4.2): where packets came from. Its Interface ID, which
 * other blocks refer to, is the number of such blocks before it in the section.
 *
 * @returns the interface's SnapLen
 * @throws RangeError for numbers that are out of range and strings of more than 65535 bytes
 */
export function encodeInterfaceDescriptionBlock(
  output: BlockOutput,
  description: InterfaceDescription,
): number {
  const { linkType = LINKTYPE_ETHERNET, snaplen = MAX_SNAPLEN } = description;
  if ((linkType & 0xffff) !== linkType) throw new RangeError(`link type ${linkType}`);
  if (!Number.isInteger(snaplen) || snaplen < 1 || snaplen > MAX_SNAPLEN) {
    throw new RangeError(`snaplen ${snaplen} is not within 1 and ${MAX_SNAPLEN}`);
  }
  const options = [
    textOption(IF_NAME, description.name),
    textOption(IF_DESCRIPTION, description.description),
    NANOSECONDS,
  ];

  const block = beginBlock(output, BLOCK_TYPE, OPTIONS_OFFSET, options);
  const { view } = output;
  view.setUint16(block + 8, linkType, true);
  view.setUint16(block + 10, 0, true); // Reserved
  view.setUint32(block + 12, snaplen, true);
  return snaplen;
}
