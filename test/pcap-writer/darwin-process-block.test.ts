import { expect, test } from 'vitest';
import { encodeDarwinProcessBlock } from '../../src/pcap-writer/darwin-process-block.ts';
import { PACKET_FLAGS, PcapngSection } from '../../src/pcap-writer/index.ts';
import { hex } from './hex.ts';
import { MemoryOutput } from './memory-output.ts';
import { readBlocks, readPacket } from './pcapng-reader.ts';

const PROCESS_OPTION = 32769;

test('a process block, with its name', () => {
  const output = new MemoryOutput();
  encodeDarwinProcessBlock(output, { pid: 0x01020304, name: 'nginx' });
  expect(output.bytes).toEqual(
    hex(`
      01000080 20000000 04030201
      0200 0500 6e67696e 78000000
      0000 0000
      20000000`),
  );
});

test('packets have the number of the process of their interface, if it has one', () => {
  const output = new MemoryOutput();
  const section = new PcapngSection(output, { timeBaseEpochNs: 0n });
  const described = { name: '', description: '' };
  const interfaces = [
    section.addInterface(described, { pid: 7, name: 'curl' }),
    section.addInterface(described),
    section.addInterface(described, { pid: 8, name: 'nginx' }),
  ];
  for (const id of interfaces) section.addPacket(id, 0, 0, 60, PACKET_FLAGS.inbound, ['a']);
  const blocks = readBlocks(output.bytes);
  expect(blocks.slice(1, 6).map(({ type }) => type)).toEqual([1, 0x80000001, 1, 1, 0x80000001]);
  const numbers = blocks.slice(6).map((block) => {
    const option = readPacket(block).options.find(({ type }) => type === PROCESS_OPTION);
    return option?.value.readUInt32LE();
  });
  expect(numbers).toEqual([0, undefined, 1]);
});
