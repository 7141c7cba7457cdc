import { expect, test } from 'vitest';
import { encodeInterfaceStatisticsBlock } from '../../src/pcap-writer/interface-statistics-block.ts';
import { TimeBase } from '../../src/pcap-writer/timestamp.ts';
import { hex } from './hex.ts';
import { MemoryOutput } from './memory-output.ts';

const TIME_BASE = new TimeBase(0x1122334455667788n);

test('an Interface Statistics Block: timestamps are two words, counters are one u64', () => {
  const output = new MemoryOutput();
  encodeInterfaceStatisticsBlock(output, 3, TIME_BASE, {
    startTimeNs: 0,
    endTimeNs: 0x100000001,
    received: 0x1020304050607,
    dropped: 2,
  });
  expect(output.bytes).toEqual(
    hex(`
      05000000 4c000000 03000000 45332211 89776655
      0200 0800 44332211 88776655
      0300 0800 45332211 89776655
      0400 0800 0706050403020100
      0500 0800 0200000000000000
      0000 0000
      4c000000`),
  );
});

test.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses a count of %s', (dropped) => {
  const output = new MemoryOutput();
  const statistics = { startTimeNs: 0, endTimeNs: 0, received: 1, dropped };
  expect(() => encodeInterfaceStatisticsBlock(output, 0, TIME_BASE, statistics)).toThrow(
    new RangeError(`count of ${dropped} in option 5`),
  );
  expect(output.bytes).toHaveLength(0);
});
