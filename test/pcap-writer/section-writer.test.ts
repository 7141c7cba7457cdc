import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { PACKET_FLAGS, PcapngSection } from '../../src/pcap-writer/index.ts';
import { MemoryOutput } from './memory-output.ts';
import {
  readBlocks,
  readInterfaceDescription,
  readPacket,
  readSectionHeader,
  readStatistics,
  texts,
} from './pcapng-reader.ts';

const EPOCH_NS = 1_700_000_000_123_456_789n;
const text = fc.string({ unit: 'binary', maxLength: 40 });

const packet = fc.record({
  interfaceId: fc.nat(2),
  timeNs: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
  data: fc.uint8Array({ maxLength: 70 }),
  cut: fc.nat(1000),
  flags: fc.constantFrom(PACKET_FLAGS.inbound, PACKET_FLAGS.outbound),
  comments: fc.array(text, { maxLength: 3 }),
});

test('a reader gets back what was written', () => {
  fc.assert(
    fc.property(
      fc.record({ hardware: text, os: text, userAppl: text, comments: fc.array(text) }),
      fc.array(fc.record({ name: text, description: text }), { minLength: 3, maxLength: 3 }),
      fc.array(packet, { maxLength: 20 }),
      (header, interfaces, packets) => {
        const output = new MemoryOutput();
        const section = new PcapngSection(output, { ...header, timeBaseEpochNs: EPOCH_NS });
        for (const description of interfaces) section.addInterface(description);
        for (const { interfaceId, timeNs, data, cut, flags, comments } of packets) {
          const { length } = data;
          const original = length + cut;
          const at = section.addPacket(interfaceId, timeNs, length, original, flags, comments);
          output.bytes.set(data, at);
        }

        const blocks = readBlocks(output.bytes);
        const { version, sectionLength, options } = readSectionHeader(blocks[0]);
        expect(version).toEqual([1, 0]);
        expect(sectionLength).toBe(-1n);
        expect(texts(options, 1)).toEqual(header.comments);
        expect([2, 3, 4].flatMap((type) => texts(options, type))).toEqual([
          header.hardware,
          header.os,
          header.userAppl,
        ]);
        expect(
          blocks
            .slice(1, 4)
            .map(readInterfaceDescription)
            .map(({ options }) => ({
              name: texts(options, 2)[0],
              description: texts(options, 3)[0],
            })),
        ).toEqual(interfaces);
        expect(blocks.slice(4).map(readPacket)).toEqual(
          packets.map(({ interfaceId, timeNs, data, cut, flags, comments }) => ({
            interfaceId,
            timestamp: EPOCH_NS + BigInt(timeNs),
            originalLength: data.length + cut,
            data: Buffer.from(data),
            options: [
              { type: 2, value: Buffer.of(flags, 0, 0, 0) },
              ...comments.map((comment) => ({ type: 1, value: Buffer.from(comment) })),
            ],
          })),
        );
      },
    ),
  );
});

describe('a section', () => {
  let output: MemoryOutput;
  let section: PcapngSection;

  beforeEach(() => {
    output = new MemoryOutput();
    section = new PcapngSection(output, { timeBaseEpochNs: EPOCH_NS });
    section.addInterface({ name: 'a', description: '', snaplen: 100 });
    section.addInterface({ name: 'b', description: '' });
  });

  test('numbers its interfaces', () => {
    expect(section.addInterface({ name: 'c', description: '' })).toBe(2);
  });

  test('counts the packets of each interface', () => {
    for (const id of [0, 1, 1]) section.addPacket(id, 0, 0, 0, PACKET_FLAGS.inbound);
    section.addStatistics(0, { startTimeNs: -1, endTimeNs: 2, dropped: 0 });
    section.addStatistics(1, { startTimeNs: -1, endTimeNs: 2, dropped: 5 });

    const common = {
      timestamp: EPOCH_NS + 2n,
      startTime: EPOCH_NS - 1n,
      endTime: EPOCH_NS + 2n,
    };
    expect(readBlocks(output.bytes).slice(-2).map(readStatistics)).toEqual([
      { ...common, interfaceId: 0, received: 1n, dropped: 0n },
      { ...common, interfaceId: 1, received: 7n, dropped: 5n },
    ]);
  });

  test('replaces unpaired surrogates, which UTF-8 does not have', () => {
    section.addPacket(0, 0, 0, 0, PACKET_FLAGS.inbound, ['\ud800x']);
    const [packet] = readBlocks(output.bytes).slice(-1).map(readPacket);
    expect(texts(packet?.options ?? [], 1)).toEqual(['\ufffdx']);
  });

  const { inbound } = PACKET_FLAGS;
  test.each<[string, (section: PcapngSection) => void]>([
    ['interface 2 of 2', (it) => it.addPacket(2, 0, 1, 1, inbound)],
    ['interface -1 of 2', (it) => it.addPacket(-1, 0, 1, 1, inbound)],
    ['interface 7 of 2', (it) => it.addStatistics(7, { startTimeNs: 0, endTimeNs: 0, dropped: 0 })],
    ['captured length 101 with a snaplen of 100', (it) => it.addPacket(0, 0, 101, 101, inbound)],
    ['captured length -1 with a snaplen of 100', (it) => it.addPacket(0, 0, -1, 1, inbound)],
    ['captured length 1.5 with a snaplen of 100', (it) => it.addPacket(0, 0, 1.5, 2, inbound)],
    ['original length 9, captured length 10', (it) => it.addPacket(0, 0, 10, 9, inbound)],
    [
      'original length 4294967296, captured length 10',
      (it) => it.addPacket(0, 0, 10, 2 ** 32, inbound),
    ],
    [
      'no timestamp for a time of NaN ns since the time base',
      (it) => it.addPacket(0, Number.NaN, 1, 1, inbound),
    ],
    [
      '65536 bytes in option 1: at most 65535 fit',
      (it) => it.addPacket(0, 0, 1, 1, inbound, ['x'.repeat(65536)]),
    ],
  ])('throws "%s" and encodes nothing', (message, misuse) => {
    const before = output.bytes.slice();
    expect(() => misuse(section)).toThrow(new RangeError(message));
    expect(output.bytes).toEqual(before);
  });

  test('does not count a packet that it refused', () => {
    expect(() => section.addPacket(0, Number.NaN, 1, 1, inbound)).toThrow(RangeError);
    section.addStatistics(0, { startTimeNs: 0, endTimeNs: 0, dropped: 0 });
    const [statistics] = readBlocks(output.bytes).slice(-1).map(readStatistics);
    expect(statistics?.received).toBe(0n);
  });
});
