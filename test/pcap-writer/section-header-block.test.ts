import { expect, test } from 'vitest';
import { encodeSectionHeaderBlock } from '../../src/pcap-writer/section-header-block.ts';
import { hex } from './hex.ts';
import { MemoryOutput } from './memory-output.ts';

test('a Section Header Block with all its options', () => {
  const output = new MemoryOutput();
  encodeSectionHeaderBlock(output, {
    hardware: 'x86_64',
    os: 'Linux',
    userAppl: 'plaincap',
    comments: ['é', ''],
  });
  expect(output.bytes).toEqual(
    hex(`
      0a0d0d0a 50000000 4d3c2b1a 0100 0000 ffffffffffffffff
      0100 0200 c3a9 0000
      0100 0000
      0200 0600 7838 365f 3634 0000
      0300 0500 4c69 6e75 78 000000
      0400 0800 706c 6169 6e63 6170
      0000 0000
      50000000`),
  );
});

test('a Section Header Block without options', () => {
  const output = new MemoryOutput();
  encodeSectionHeaderBlock(output, {});
  expect(output.bytes).toEqual(
    hex('0a0d0d0a 20000000 4d3c2b1a 0100 0000 ffffffffffffffff 0000 0000 20000000'),
  );
});
