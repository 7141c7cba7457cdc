import { describe, expect, test } from 'vitest';
import { CaptureScript } from './flow/capture-script.ts';
import { judge } from './flow/wireshark.ts';
import {
  readBlocks,
  readInterfaceDescription,
  readStatistics,
  texts,
} from './pcap-writer/pcapng-reader.ts';

const GET = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n';
const BLOCK = {
  sectionHeader: 0x0a0d0d0a,
  process: 0x80000001,
  interface: 1,
  statistics: 5,
  packet: 6,
};
const IF_NAME = 2;
const IF_DESCRIPTION = 3;

const blocksOf = (capture: CaptureScript) => readBlocks(capture.output.written);

function statistics(capture: CaptureScript, ...lost: [calls: number, bytes: number][]): void {
  const { ktimeNs } = capture;
  const losses = lost.map(([calls, bytes]) => ({ reason: 'ring-full', calls, bytes }));
  capture.tell({
    kind: 'statistics',
    ktimeNs,
    calls: 100,
    bytes: 1000,
    lost: losses,
    contradictions: 0,
  });
}

/** The names of the interfaces and how many calls were lost there. */
function drops(capture: CaptureScript): Record<string, number> {
  const blocks = blocksOf(capture);
  const names = blocks
    .filter(({ type }) => type === BLOCK.interface)
    .flatMap((block) => texts(readInterfaceDescription(block).options, IF_NAME));
  const found = blocks.filter(({ type }) => type === BLOCK.statistics).map(readStatistics);
  return Object.fromEntries(
    found.map(({ interfaceId, dropped }) => [names[interfaceId], Number(dropped)]),
  );
}

test('a file begins with the section and says who captured where', () => {
  const capture = new CaptureScript();
  capture.conversation().write(GET);
  const report = judge('capinfos', capture.save());
  expect(report).toMatch(/^Capture application: plaincap 0\.1\.0$/m);
  expect(report).toMatch(/^Capture oper-sys: +Linux 6\.1\.0 x86_64$/m);
  expect(report).toMatch(/^Capture comment: +captured on testhost; connections by script$/m);
});

test('an interface and its process are described just before the first packet', () => {
  const capture = new CaptureScript();
  capture.process(1, 'curl');
  capture.process(2, 'nginx', '/usr/sbin/nginx');
  capture.session(capture.connection({ remotePort: 80 }), { pid: 1 }).write(GET);
  capture.session(capture.connection({ remotePort: 80 }), { pid: 2 }).write(GET);
  const blocks = blocksOf(capture);
  const { sectionHeader, packet } = BLOCK;
  const stream = [BLOCK.interface, BLOCK.process, packet, packet, packet, packet];
  expect(blocks.map(({ type }) => type)).toEqual([sectionHeader, ...stream, ...stream]);
  const descriptions = blocks
    .filter(({ type }) => type === BLOCK.interface)
    .flatMap((block) => texts(readInterfaceDescription(block).options, IF_DESCRIPTION));
  const library = '/usr/lib/x86_64-linux-gnu/libssl.so.3';
  expect(descriptions).toEqual([
    `pid 1, comm curl, exe /usr/bin/curl, library ${library}`,
    `pid 2, comm nginx, exe /usr/sbin/nginx, library ${library}`,
  ]);
});

describe('lost calls', () => {
  test('of one process are all its', () => {
    const capture = new CaptureScript();
    const session = capture.conversation();
    session.write(GET);
    session.lose('write', 10);
    session.write(GET);
    statistics(capture, [2, 10], [3, 500]);
    capture.end();
    expect(drops(capture)).toEqual({ 'curl (4711)': 5 });
  });

  test('of several are where the gaps are, and the others nowhere', () => {
    const capture = new CaptureScript();
    for (const pid of [1, 2]) {
      capture.process(pid, 'curl');
      const session = capture.session(capture.connection(), { pid });
      session.write(GET);
      session.lose('read', pid);
      session.end();
    }
    statistics(capture, [7, 500]);
    capture.end();
    expect(drops(capture)).toEqual({ 'curl (1)': 1, 'curl (2)': 1, lost: 5 });
  });

  test('are not told when there are no totals', () => {
    const capture = new CaptureScript();
    capture.conversation().write(GET);
    capture.end();
    expect(drops(capture)).toEqual({});
  });

  test('are the last totals in the summary', () => {
    const capture = new CaptureScript();
    statistics(capture, [1, 1]);
    statistics(capture, [2, 2]);
    expect(capture.end().statistics?.lost).toEqual([{ reason: 'ring-full', calls: 2, bytes: 2 }]);
  });
});

test('a capture of nothing is a file that every reader reads', () => {
  const capture = new CaptureScript();
  capture.end();
  const path = capture.save();
  expect(judge('tshark', '-r', path)).toBe('');
  expect(judge('tcpdump', '-r', path)).toBe('');
  expect(judge('capinfos', path)).toMatch(/^Number of packets: +0$/m);
});
