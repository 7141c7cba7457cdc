import { expect, test } from 'vitest';
import { encodeInterfaceDescriptionBlock } from '../../src/pcap-writer/interface-description-block.ts';
import { hex } from './hex.ts';
import { MemoryOutput } from './memory-output.ts';

test('an Interface Description Block counts in nanoseconds', () => {
  const output = new MemoryOutput();
  const snaplen = encodeInterfaceDescriptionBlock(output, { name: 'curl', description: 'pid 7' });
  expect(snaplen).toBe(262144);
  expect(output.bytes).toEqual(
    hex(`
      01000000 34000000 0100 0000 00000400
      0200 0400 6375 726c
      0300 0500 7069 6420 37 000000
      0900 0100 09 000000
      0000 0000
      34000000`),
  );
});

test('link type and snaplen are the caller’s', () => {
  const output = new MemoryOutput();
  const description = { name: '', description: '', linkType: 0x1234, snaplen: 0x1234 };
  expect(encodeInterfaceDescriptionBlock(output, description)).toBe(0x1234);
  expect(output.bytes.subarray(8, 16)).toEqual(hex('3412 0000 34120000'));
});

test.each([
  [{ linkType: 65536 }, 'link type 65536'],
  [{ linkType: -1 }, 'link type -1'],
  [{ snaplen: 0 }, 'snaplen 0 is not within 1 and 262144'],
  [{ snaplen: 262145 }, 'snaplen 262145 is not within 1 and 262144'],
  [{ snaplen: 1.5 }, 'snaplen 1.5 is not within 1 and 262144'],
  [{ name: 'é'.repeat(32768) }, '65536 bytes in option 2: at most 65535 fit'],
])('refuses %j', (odd, message) => {
  const output = new MemoryOutput();
  const description = { name: '', description: '', ...odd };
  expect(() => encodeInterfaceDescriptionBlock(output, description)).toThrow(
    new RangeError(message),
  );
  expect(output.bytes).toHaveLength(0);
});
