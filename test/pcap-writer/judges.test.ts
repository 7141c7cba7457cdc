import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PACKET_FLAGS, PcapngSection } from '../../src/pcap-writer/index.ts';
import { hex } from './hex.ts';
import { judge, tsharkFields } from './judges.ts';
import { MemoryOutput } from './memory-output.ts';

/** A UDP datagram from 10.0.0.1:9 to 10.0.0.2:9 that carries "hi!". */
const PACKET = hex(`
  020000000002 020000000001 0800
  4500 001f 0000 4000 4011 26cc 0a000001 0a000002
  0009 0009 000b 0000
  686921`);

const folder = mkdtempSync(join(tmpdir(), 'pcap-writer-'));
const path = join(folder, 'judged.pcapng');
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const output = new MemoryOutput();
  const section = new PcapngSection(output, {
    timeBaseEpochNs: 1_700_000_000_999_999_999n,
    hardware: 'x86_64',
    os: 'Linux 6.1.0',
    userAppl: 'plaincap 0.1.0',
    comments: ['the section'],
  });
  const addPacket = (id: number, timeNs: number, ...rest: [1 | 2, string[]]) => {
    const offset = section.addPacket(id, timeNs, PACKET.length, PACKET.length + 7, ...rest);
    output.bytes.set(PACKET, offset);
  };
  const curl = section.addInterface({ name: 'curl', description: '/usr/bin/curl, pid 7' });
  addPacket(curl, 0, PACKET_FLAGS.outbound, ['first', 'größer ✓ 日本']);
  addPacket(curl, 1, PACKET_FLAGS.inbound, []);
  // In mid-stream, as a new process comes.
  const nginx = section.addInterface({ name: 'nginx', description: 'Größe' });
  addPacket(nginx, -1_000_000_000, PACKET_FLAGS.inbound, ['x'.repeat(65535)]);
  for (const id of [curl, nginx]) {
    section.addStatistics(id, { startTimeNs: -5_000_000_000, endTimeNs: 2, dropped: 3 });
  }
  writeFileSync(path, output.bytes);
});

test('tshark shows interfaces, comments, directions and nanoseconds', () => {
  const rows = tsharkFields(
    path,
    'frame.interface_name',
    'frame.interface_description',
    'frame.packet_flags_direction',
    'frame.time_epoch',
    'frame.cap_len',
    'frame.len',
    'data.data',
  );
  expect(rows).toEqual([
    ['curl', '/usr/bin/curl, pid 7', '0x00000002', '1700000000.999999999', '45', '52', '686921'],
    ['curl', '/usr/bin/curl, pid 7', '0x00000001', '1700000001.000000000', '45', '52', '686921'],
    ['nginx', 'Größe', '0x00000001', '1699999999.999999999', '45', '52', '686921'],
  ]);
});

test('tshark shows comments, several and long ones', () => {
  expect(tsharkFields(path, 'frame.comment')).toEqual([
    ['first,größer ✓ 日本'],
    [''],
    ['x'.repeat(65535)],
  ]);
});

test('capinfos shows the section and the interfaces’ packets', () => {
  const report = judge('capinfos', path);
  for (const line of [
    /^File type: +Wireshark\/\.\.\. - pcapng$/m,
    /^Capture hardware: +x86_64$/m,
    /^Capture oper-sys: +Linux 6\.1\.0$/m,
    /^Capture application: +plaincap 0\.1\.0$/m,
    /^Capture comment: +the section$/m,
    /^Strict time order: +False$/m,
    /^Number of interfaces in file: 2$/m,
    /Name = curl\n +Description = \/usr\/bin\/curl, pid 7\n +Encapsulation = Ethernet .*\n +Capture length = 262144\n +Time precision = nanoseconds \(9\)/,
    /Number of stat entries = 1\n +Number of packets = 2\n/,
    /Name = nginx\n/,
    /Number of stat entries = 1\n +Number of packets = 1\n/,
  ]) {
    expect(report).toMatch(line);
  }
});

test('Wireshark’s dissector of the file itself finds nothing odd', () => {
  const asFile = ['-X', 'read_format:MIME Files Format'];
  const expert = judge('tshark', ...asFile, '-r', path, '-q', '-z', 'expert');
  expect(expert.trim()).toBe('');
  const counters = ['received', 'dropped'].map(
    (name) => `pcapng.options.option.data.interface.${name}`,
  );
  const columns = ['pcapng.block.type', ...counters].flatMap((field) => ['-e', field]);
  expect(judge('tshark', ...asFile, '-r', path, '-T', 'fields', ...columns).trim()).toBe(
    [
      '0x0a0d0d0a,0x00000001,0x00000006,0x00000006,0x00000001,0x00000006,0x00000005,0x00000005',
      '5,4',
      '3,3',
    ].join('\t'),
  );
});

test('tcpdump reads it', () => {
  const lines = judge('tcpdump', '-nn', '-tt', '--nano', '-r', path).trim().split('\n');
  expect(lines).toEqual([
    '1700000000.999999999 IP 10.0.0.1.9 > 10.0.0.2.9: UDP, length 3',
    '1700000001.000000000 IP 10.0.0.1.9 > 10.0.0.2.9: UDP, length 3',
    '1699999999.999999999 IP 10.0.0.1.9 > 10.0.0.2.9: UDP, length 3',
  ]);
});
