import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { judge, tsharkFields } from '../pcap-writer/judges.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { exportSample } from './shipped-sample.ts';
import { Suite } from './suite.ts';

const folder = temporaryFolder();
const LIBRARY = '/lib/x86_64-linux-gnu/libssl.so.3';

/** Of every packet, all that tells whose it is. */
const IDENTITY = [
  ...['frame.interface_name', 'frame.interface_description', 'frame.packet_flags_direction'],
  ...['frame.comment', 'frame.time_epoch', 'tcp.seq_raw'],
];

/** By interface name, each kind of packet's process. */
const PROCESS = ['frame.interface_name', 'frame.darwin.process_info.pid'];
const PROCESS_NAME = 'frame.darwin.process_info.pname';

let path: string;
let wireshark46: Suite;
beforeAll(async () => {
  path = exportSample(folder, 'both-ends', '--side', 'both');
  wireshark46 = await Suite.get('sid');
}, 600_000);

const processesIn = async (file: string) => {
  const columns = [...PROCESS, PROCESS_NAME].flatMap((field) => ['-e', field]);
  const rows = await wireshark46.judge('tshark', '-n', '-r', file, '-T', 'fields', ...columns);
  return [...new Set(rows.trim().split('\n'))].sort();
};

describe('a file tells', () => {
  it('an interface a process, with its program and its library', () => {
    const rows = tsharkFields(path, 'frame.interface_name', 'frame.interface_description');
    const interfaces = new Map(rows as [string, string][]);
    expect(interfaces.size).toBe(3);
    for (const [name, description] of interfaces) {
      const [, comm, pid] = /^(\w+) \((\d+)\)$/.exec(name) ?? [];
      const program = comm === 'nginx' ? '/usr/sbin/nginx' : '/usr/bin/curl';
      expect(description).toBe(`pid ${pid}, comm ${comm}, exe ${program}, library ${LIBRARY}`);
    }
  });

  it('of each stream the real TLS version, cipher suite, SNI and ALPN', () => {
    const rows = tsharkFields(path, 'tcp.flags', 'frame.comment');
    const comments = rows.filter(([flags]) => flags === '0x0002').map(([, comment]) => comment);
    expect(comments).toHaveLength(4);
    for (const comment of comments) {
      expect(comment).toMatch(/; handshake in [\d.]+ ms, TLS 1\.2, TLS_ECDHE_ECDSA_WITH_AES_256_/);
      expect(comment).toMatch(/, ALPN (h2|http\/1\.1), SNI localhost;/);
    }
  });

  it('the machine, its kernel, plaincap, and of each interface what was dropped', () => {
    const report = judge('capinfos', path);
    expect(report).toMatch(/^Capture oper-sys: +Linux [\d.]+\S* x86_64$/m);
    expect(report).toMatch(/^Capture application: plaincap \d/m);
    expect(report).toMatch(/^Capture comment: +captured on \S+; connections by \w+$/m);
    expect(report.match(/Number of stat entries = 1$/gm)).toHaveLength(3);
  });

  it('Wireshark 4.6 of each packet the process', async () => {
    const processes = await processesIn(wireshark46.take(path));
    expect(processes).toHaveLength(3);
    for (const row of processes) expect(row).toMatch(/^(\w+) \((\d+)\)\t\2\t\1$/);
  });
});

describe('what is left by', () => {
  it('editcap, which drops a packet: all but the statistics', () => {
    const edited = join(folder, 'edited.pcapng');
    judge('editcap', path, edited, '60');
    expect(tsharkFields(edited, ...IDENTITY)).toEqual(tsharkFields(path, ...IDENTITY).slice(0, -1));
    const section = /^Capture (oper-sys|application|comment):.*$/gm;
    const [before, after] = [path, edited].map((file) => judge('capinfos', file).match(section));
    expect(after).toEqual(before);
  });

  it('editcap of 4.6: the processes too', async () => {
    const file = wireshark46.take(path);
    await wireshark46.judge('editcap', file, `${file}.edited`);
    expect(await processesIn(`${file}.edited`)).toEqual(await processesIn(file));
  });

  it('mergecap: interfaces, directions and comments', () => {
    const merged = join(folder, 'merged.pcapng');
    const other = exportSample(folder, 'ipv6');
    judge('mergecap', '-w', merged, path, other);
    // In the order of time: of all packets the same ones are left, and nothing else.
    const rows = [path, other].flatMap((file) => tsharkFields(file, ...IDENTITY));
    expect(tsharkFields(merged, ...IDENTITY).sort()).toEqual(rows.sort());
    expect(judge('capinfos', merged)).toMatch(/^Number of interfaces in file: 4$/m);
  });
});
