import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadAddon } from '../../src/native/addon.ts';
import { PcapngSection } from '../../src/pcap-writer/index.ts';
import { BareTcp } from '../../src/tcp/bare-tcp.ts';
import type { Encapsulation } from '../../src/tcp/encapsulation.ts';
import { FrameRepeater } from '../../src/tcp/frame-repeater.ts';
import { SegmentWriter } from '../../src/tcp/segment-writer.ts';
import { TcpStream } from '../../src/tcp/tcp-stream.ts';
import { NullTls } from '../../src/tls-null/null-tls.ts';
import { GrowingOutput } from '../flow/growing-output.ts';

const addon = loadAddon();

/** What a stream carries: data, or a gap in it. */
interface Step {
  readonly stream: number;
  readonly byClient: boolean;
  readonly bytes: Uint8Array;
  /** Of the data in `bytes`. */
  readonly start: number;
  readonly isGap: boolean;
}

interface StreamKind {
  readonly isIpv4: boolean;
  readonly isTls: boolean;
}

const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ minLength: 4, maxLength: 300 }) },
  {
    weight: 1,
    // Longer than a record, and than a segment.
    arbitrary: fc
      .integer({ min: 4, max: 140_000 })
      .map((length) => new Uint8Array(length).fill(254)),
  },
);
const step = (streams: number): fc.Arbitrary<Step> =>
  fc.record({
    stream: fc.nat(streams - 1),
    byClient: fc.boolean(),
    bytes,
    start: fc.nat(3),
    isGap: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  });
const kinds = fc.array(fc.record({ isIpv4: fc.boolean(), isTls: fc.boolean() }), {
  minLength: 1,
  maxLength: 5,
});

function begin(writer: SegmentWriter, { isIpv4, isTls }: StreamKind, id: number): Encapsulation {
  const address = isIpv4 ? [0xc000_0201 | 0] : [0x2001_0db8, 0, id, 0xffff_ffff | 0];
  const ends = { client: { address, port: 40_000 + id }, server: { address, port: 443 } };
  const stream = new TcpStream(writer, {
    ...ends,
    localIsClient: id % 2 === 0,
    id,
    incarnation: 0,
  });
  stream.interfaceId = 0;
  stream.advanceTo(id);
  const encapsulation = isTls ? new NullTls(stream, { protocol: 'h2' }) : new BareTcp(stream);
  encapsulation.open('begins');
  return encapsulation;
}

function written(repeater: FrameRepeater | undefined, all: StreamKind[], steps: Step[]): Buffer {
  const output = new GrowingOutput();
  const section = new PcapngSection(output, { timeBaseEpochNs: 0n });
  section.addInterface({ name: 'test', description: '' });
  const writer = new SegmentWriter(section, output, repeater);
  const streams = all.map((kind, id) => begin(writer, kind, id));
  for (const [number, { stream: id, byClient, bytes: source, start, isGap }] of steps.entries()) {
    const encapsulation = streams[id] as Encapsulation;
    const { stream } = encapsulation;
    const sender = byClient ? stream.client : stream.server;
    stream.advanceTo(number * 1000);
    if (isGap) encapsulation.writeGap(sender, source.length, 'lost');
    else encapsulation.write(sender, source, start, source.length - start);
  }
  section.addStatistics(0, { startTimeNs: 0, endTimeNs: 1, dropped: 0 });
  return Buffer.from(output.written);
}

const withAddon = () => new FrameRepeater(new addon.FrameRepeater());

test('frames of the addon are ours, byte for byte', () => {
  const plan = kinds.chain((all) =>
    fc.tuple(fc.constant(all), fc.array(step(all.length), { maxLength: 40 })),
  );
  fc.assert(
    fc.property(plan, ([all, steps]) => {
      expect(written(withAddon(), all, steps).equals(written(undefined, all, steps))).toBe(true);
    }),
  );
});

test('also of more senders than it remembers', () => {
  const all = Array.from({ length: 3000 }, (_, id) => ({ isIpv4: id % 3 > 0, isTls: id % 2 > 0 }));
  const steps = Array.from({ length: 24_000 }, (_, number) => ({
    stream: Math.floor(number / 4) % all.length,
    byClient: number % 2 === 0,
    bytes: Uint8Array.of(1, number, number >> 8),
    start: 1,
    isGap: false,
  }));
  expect(written(withAddon(), all, steps).equals(written(undefined, all, steps))).toBe(true);
});

test('the addon refuses what is beyond its arrays, and writes nothing', () => {
  const native = new addon.FrameRepeater();
  const target = new Uint8Array(200);
  const call = (method: 'learn' | 'repeat', ...fields: number[]) => {
    native.fields.set(fields);
    return () => native[method]();
  };
  expect(call('repeat', 0, 0, 0, 0, 0, 0)).toThrow(RangeError);
  native.setTarget(target);
  native.setSource(new Uint8Array(50));
  target[14] = 0x45;
  expect(call('learn', 0, 147, 54, 0)).toThrow(RangeError);
  expect(call('learn', 1, 0, 54, 0)).toThrow(RangeError);
  expect(call('learn', 0, 0, 53, 0)).toThrow(RangeError);
  expect(call('learn', 0, 0, 80, 0)).toThrow(RangeError);
  expect(call('learn', 0, -1, 54, 0)).toThrow(RangeError);
  expect(call('learn', 0, 0, 54, 32)).not.toThrow();
  target.fill(7);
  expect(call('repeat', 1, 0, 0, 0, 0, 10)).toThrow(RangeError);
  expect(call('repeat', 0, 0, 0, 0, 41, 10)).toThrow(RangeError);
  expect(call('repeat', 0, 105, 0, 0, 0, 10)).toThrow(RangeError);
  expect(call('repeat', 0, -1, 0, 0, 0, 10)).toThrow(RangeError);
  expect(call('repeat', 0, 0, 0, 0, -1, 10)).toThrow(RangeError);
  expect(target.every((byte) => byte === 7)).toBe(true);
  expect(call('repeat', 0, 104, 0, 0, 40, 10)).not.toThrow();
});
