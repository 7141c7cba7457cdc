/** A writer of pcapng, the capture file format of Wireshark: draft-ietf-opsawg-pcapng. */
export { blockBoundary } from './block-boundary.ts';
export type { BlockOutput } from './block-output.ts';
export type { ProcessDescription } from './darwin-process-block.ts';
export { PACKET_FLAGS, type PacketFlags } from './enhanced-packet-block.ts';
export type { InterfaceDescription } from './interface-description-block.ts';
export { PcapngSection, type SectionOptions } from './section-writer.ts';
