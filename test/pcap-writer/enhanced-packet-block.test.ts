import { expect, test } from 'vitest';
import {
  encodeEnhancedPacketBlock,
  PACKET_FLAGS,
} from '../../src/pcap-writer/enhanced-packet-block.ts';
import { TimeBase } from '../../src/pcap-writer/timestamp.ts';
import { hex } from './hex.ts';
import { MemoryOutput } from './memory-output.ts';

const TIME_BASE = new TimeBase(0x1122334455667788n);

test('an Enhanced Packet Block around a packet, with padding and comments', () => {
  const output = new MemoryOutput();
  const offset = encodeEnhancedPacketBlock(
    output,
    0x01020304,
    TIME_BASE,
    0x100000001,
    5,
    0x0a0b0c0d,
    PACKET_FLAGS.outbound,
    undefined,
    ['a', 'bcde'],
  );
  expect(offset).toBe(28);
  output.bytes.set(hex('f1f2f3f4f5'), offset);
  expect(output.bytes).toEqual(
    hex(`
      06000000 44000000 04030201 45332211 89776655 05000000 0d0c0b0a
      f1f2f3f4 f5 000000
      0200 0400 02000000
      0100 0100 61 000000
      0100 0400 6263 6465
      0000 0000
      44000000`),
  );
});

test('an Enhanced Packet Block without packet data', () => {
  const output = new MemoryOutput();
  encodeEnhancedPacketBlock(output, 0, TIME_BASE, 0, 0, 60, PACKET_FLAGS.inbound, undefined, []);
  expect(output.bytes).toEqual(
    hex(`
      06000000 2c000000 00000000 44332211 88776655 00000000 3c000000
      0200 0400 01000000
      0000 0000
      2c000000`),
  );
});
