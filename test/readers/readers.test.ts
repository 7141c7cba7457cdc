import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { succeed } from '../kernel/program.ts';
import { judge } from '../pcap-writer/judges.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Reading, readWithTshark } from './reading.ts';
import { exportSample, requestsOf } from './shipped-sample.ts';
import { Suite, type SuiteName } from './suite.ts';

const PROGRAMS = join(import.meta.dirname, 'programs');
const folder = temporaryFolder();

/** Debian's suites, and the Wireshark that each has. */
const WIRESHARKS: [SuiteName, string][] = [
  ['bullseye', '3.4'],
  ['trixie', '4.4'],
  ['sid', '4.6'],
];

const FILES: { name: string; options: string[]; requests: string[] }[] = [
  { name: 'ipv6', options: [], requests: requestsOf('ipv6') },
  {
    name: 'both-ends',
    options: ['--side', 'both'],
    requests: [...requestsOf('both-ends'), ...requestsOf('both-ends')],
  },
];

const suites = new Map<SuiteName, Suite>();
let gopacketReader: string;

const tshark = async (...args: string[]) => judge('tshark', ...args);

beforeAll(async () => {
  const names = ['bookworm', ...WIRESHARKS.map(([name]) => name)] as const;
  const got = await Promise.all(names.map((name) => Suite.get(name)));
  for (const [index, name] of names.entries()) suites.set(name, got[index] as Suite);
  gopacketReader = await buildGopacketReader(suites.get('bookworm') as Suite);
}, 600_000);

/** With Debian's package, and Go's own libraries. */
async function buildGopacketReader({ root }: Suite): Promise<string> {
  const program = join(folder, 'gopacket-reader');
  const env = { GO111MODULE: 'off', GOPATH: join(root, 'usr/share/gocode'), GOFLAGS: '' };
  const source = join(PROGRAMS, 'gopacket_reader.go');
  await succeed('go', ['build', '-o', program, source], { env, timeoutMs: 300_000 });
  return program;
}

describe.each(FILES)('$name $options', ({ name, options, requests }) => {
  let path: string;
  let expected: Reading;

  beforeAll(async () => {
    path = exportSample(folder, name, ...options);
    expected = await readWithTshark(tshark, path);
  });

  it('has every request, and no warning, in Wireshark 4.0', () => {
    expect(expected.requests).toEqual(requests.toSorted());
    expect(expected.warnings).toBe('');
    expect(expected.packets.split('\n').length).toBeGreaterThan(20);
  });

  it.each(WIRESHARKS)('is the same in Wireshark of %s, %s', async (suiteName, version) => {
    const suite = suites.get(suiteName) as Suite;
    const ofSuite = (...args: string[]) => suite.judge('tshark', ...args);
    expect(await ofSuite('-v')).toContain(`(Wireshark) ${version}.`);
    expect(await readWithTshark(ofSuite, suite.take(path))).toEqual(expected);
  });

  it.each(['scapy', 'dpkt'])('is the same to %s', async (library) => {
    const suite = suites.get('bookworm') as Suite;
    const program = suite.take(join(PROGRAMS, `${library}_reader.py`));
    const packets = await suite.judge('python3', program, suite.take(path));
    expect(packets).toBe(expected.packets);
  });

  it('is the same to gopacket', async () => {
    expect((await succeed(gopacketReader, [path])).toString()).toBe(expected.packets);
  });

  it('is the same to tcpdump', () => {
    const lines = judge('tcpdump', '-nn', '-t', '-q', '-r', path).trim().split('\n');
    const lengths = lines.map((line) => Number(/tcp (\d+)$/.exec(line)?.[1]));
    expect(lengths).toEqual(payloadLengths(expected));
  });

  it('is the same to capinfos', () => {
    expect(capinfos(path)).toEqual(sizes(expected));
  });

  it('is the same after editcap and mergecap', async () => {
    const edited = join(folder, `edited-${basename(path)}`);
    const again = join(folder, `again-${basename(path)}`);
    const merged = join(folder, `merged-${basename(path)}`);
    judge('editcap', path, edited);
    expect(await readWithTshark(tshark, edited)).toEqual(expected);
    copyFileSync(path, again);
    judge('mergecap', '-a', '-w', merged, path, again);
    const [packets, bytes] = sizes(expected);
    expect(capinfos(merged)).toEqual([2 * packets, 2 * bytes]);
  });
});

function lengths({ packets }: Reading): [frame: number, payload: number][] {
  const lines = packets.split('\n').slice(0, -1);
  return lines.map((line) => {
    const [frame, payload = ''] = line.split(' ');
    return [Number(frame), payload.length / 2];
  });
}

function payloadLengths(reading: Reading): number[] {
  return lengths(reading).map(([, payload]) => payload);
}

/** Number of packets, and of their bytes. */
function sizes(reading: Reading): [number, number] {
  const frames = lengths(reading).map(([frame]) => frame);
  return [frames.length, frames.reduce((sum, length) => sum + length, 0)];
}

function capinfos(path: string): [number, number] {
  const report = judge('capinfos', '-M', '-c', '-d', path);
  const [, packets] = /^Number of packets: +(\d+)$/m.exec(report) ?? [];
  const [, bytes] = /^Data size: +(\d+) bytes$/m.exec(report) ?? [];
  return [Number(packets), Number(bytes)];
}
