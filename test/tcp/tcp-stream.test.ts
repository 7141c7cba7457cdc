import { expect, test } from 'vitest';
import { PcapngSection } from '../../src/pcap-writer/index.ts';
import { SegmentWriter } from '../../src/tcp/segment-writer.ts';
import { type StreamIdentity, TcpStream } from '../../src/tcp/tcp-stream.ts';
import { GrowingOutput } from '../flow/growing-output.ts';

const IPV4 = {
  client: { address: [0xc000_0201 | 0], port: 50_000 },
  server: { address: [0xc000_0202 | 0], port: 443 },
};
const IPV6 = {
  client: { address: [0x2001_0db8, 0, 0, 1], port: 50_000 },
  server: { address: [0x2001_0db8, 0, 0, 2], port: 443 },
};

/** A stream, and the frames that it writes. */
function write(ends: Pick<StreamIdentity, 'client' | 'server'>) {
  const output = new GrowingOutput();
  const section = new PcapngSection(output, { timeBaseEpochNs: 0n });
  section.addInterface({ name: 'test', description: '' });
  const start = output.length;
  const stream = new TcpStream(new SegmentWriter(section, output), {
    ...ends,
    localIsClient: true,
    id: 1,
    incarnation: 0,
  });
  stream.interfaceId = 0;
  stream.advanceTo(0);
  const frames = () => readFrames(output.written.subarray(start));
  return { stream, frames };
}

/** The packet data of Enhanced Packet Blocks, in hex. */
function readFrames(blocks: Uint8Array): string[] {
  const frames: string[] = [];
  const bytes = Buffer.from(blocks);
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + 4)) {
    const length = bytes.readUInt32LE(at + 20);
    frames.push(bytes.subarray(at + 28, at + 28 + length).toString('hex'));
  }
  return frames;
}

/** Fields in hex as RFCs draw them, without spaces. */
function hex(text: string): string {
  return text.replaceAll(/\s/g, '');
}

test('a handshake over IPv4, byte for byte', () => {
  const { stream, frames } = write(IPV4);
  stream.open('comment');
  expect(frames()).toEqual([
    hex(`02 00 00 00 00 02  02 00 00 00 00 01  0800
         45 00 0034  0000 4000  40 06 b6c0  c0000201 c0000202
         c350 01bb  d07fdb1b  00000000  80 02 ffff  7a48 0000
         0204 ffd7  0402  0303 07  01 01 01`),
    hex(`02 00 00 00 00 01  02 00 00 00 00 02  0800
         45 00 0034  0000 4000  40 06 b6c0  c0000202 c0000201
         01bb c350  8afe7e28  d07fdb1c  80 12 ffff  7110 0000
         0204 ffd7  0402  0303 07  01 01 01`),
    hex(`02 00 00 00 00 02  02 00 00 00 00 01  0800
         45 00 0028  0001 4000  40 06 b6cb  c0000201 c0000202
         c350 01bb  d07fdb1c  8afe7e29  50 10 ffff  b200 0000`),
  ]);
});

test('data over IPv6, byte for byte', () => {
  const { stream, frames } = write(IPV6);
  const { writer } = stream;
  const at = stream.beginData(stream.client, 3);
  writer.end(writer.copy(Buffer.from('hi!'), 0, 3, at));
  stream.beginFinish(stream.server);
  stream.finish(stream.server);
  expect(frames().slice(0, 2)).toEqual([
    hex(`02 00 00 00 00 02  02 00 00 00 00 01  86dd
         60000000  0017 06 40
         20010db8 00000000 00000000 00000001  20010db8 00000000 00000000 00000002
         c350 01bb  d07fdb1b  8afe7e28  50 18 ffff  511d 0000
         686921`),
    hex(`02 00 00 00 00 01  02 00 00 00 00 02  86dd
         60000000  0014 06 40
         20010db8 00000000 00000000 00000002  20010db8 00000000 00000000 00000001
         01bb c350  8afe7e28  d07fdb1e  50 11 ffff  da8d 0000`),
  ]);
});

test('sequence numbers go on at 0 after 2^32 - 1', () => {
  const { stream, frames } = write(IPV4);
  stream.client.nextSequence = -2;
  const { writer } = stream;
  const at = stream.beginData(stream.client, 3);
  writer.end(writer.copy(Buffer.from('hi!'), 0, 3, at));
  stream.reset(stream.server);
  const [data = '', reset = ''] = frames();
  const [sequence, acknowledgment] = [2 * (14 + 20 + 4), 2 * (14 + 20 + 8)];
  expect(data.slice(sequence, sequence + 8)).toBe('fffffffe');
  expect(reset.slice(acknowledgment, acknowledgment + 8)).toBe('00000001');
});
