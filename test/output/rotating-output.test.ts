import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { StatisticsEvent } from '../../src/event.ts';
import { FileSource } from '../../src/recording/byte-source.ts';
import { fieldByStream, judge, packets } from '../flow/wireshark.ts';
import { readBlocks, readStatistics } from '../pcap-writer/pcapng-reader.ts';
import { replay } from '../recording/recorded.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { get, LiveScript } from './live-script.ts';

const root = temporaryFolder();
let folder: string;
let count = 0;
beforeEach(() => {
  folder = join(root, `${count++}`);
  mkdirSync(folder);
});

const BODY_BYTES = 300_000;
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${'x'.repeat(BODY_BYTES)}`;
const RING_FULL = { reason: 'ring-full', calls: 1, bytes: 500 };

/** Requests `/0` and so on, on one connection. Calls are lost in the middle of it, told nowhere. */
async function talk(script: LiveScript, requests: number): Promise<void> {
  const session = script.conversation();
  session.handshake();
  for (let number = 0; number < requests; number++) {
    if (number === requests >> 1) script.lost = [RING_FULL];
    session.write(get(`/${number}`));
    session.read(ANSWER);
    await script.outputs.drained();
  }
}

function files(): string[] {
  return readdirSync(folder).sort();
}

function uris(name: string): string[] {
  return [...fieldByStream(join(folder, name), 'http.request.uri').values()].flat();
}

test('by size, each file is complete in itself, and together they are the capture', async () => {
  const whole = join(root, 'whole.pcapng');
  const name = join(folder, 'x.pcapng');
  const script = await LiveScript.open([name], { rotation: { maxBytes: 1_000_000 } });
  await talk(script, 10);
  const { lostBytes, leftOutBytes } = await script.finish();
  expect({ lostBytes, leftOutBytes }).toEqual({
    lostBytes: { atStart: 0, between: 0, atEnd: 0 },
    leftOutBytes: 0,
  });
  expect(files()).toEqual(['x.pcapng', 'x.pcapng1', 'x.pcapng2']);
  const paths = files().map((file) => join(folder, file));
  for (const path of paths) {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBeLessThan(1_400_000);
    expect(judge('capinfos', '-c', '-M', path)).toMatch(/^Number of packets: +\d+$/m);
    expect(packets(path)[0]).toMatchObject({ flags: 'SYN', interfaceName: 'curl (4711)' });
    // All that was known of the TLS session is known of it there.
    const serverNames = fieldByStream(path, 'tls.handshake.extensions_server_name');
    expect([...serverNames.values()]).toEqual([['server.example']]);
  }
  const statistics = paths.map((path) => {
    const blocks = readBlocks(readFileSync(path)).filter(({ type }) => type === 5);
    return blocks.map(readStatistics);
  });
  expect(statistics.map((each) => each.map(({ dropped }) => dropped))).toEqual([[0n], [1n], [0n]]);
  // One begins where the other ends.
  const times = statistics.flatMap(([block]) => [block?.startTime, block?.endTime]);
  expect(times[2]).toEqual(times[1]);
  expect(times[4]).toEqual(times[3]);

  const all = Array.from({ length: 10 }, (_, number) => `/${number}`);
  expect(files().flatMap(uris)).toEqual(all);
  execFileSync('mergecap', ['-w', whole, ...paths]);
  const streams = fieldByStream(whole, 'http.request.uri');
  expect(streams.size).toBe(3);
  expect([...streams.values()].flat()).toEqual(all);
  expect(judge('tshark', '-r', whole, '-Y', 'tcp.analysis.retransmission')).toBe('');
});

test('by size with a number of files, the first is overwritten after the last', async () => {
  const rotation = { maxBytes: 1_000_000, files: 2 };
  const script = await LiveScript.open([join(folder, 'x.pcapng')], { rotation });
  await talk(script, 10);
  await script.finish();
  expect(files()).toEqual(['x.pcapng0', 'x.pcapng1']);
  expect([...uris('x.pcapng1'), ...uris('x.pcapng0')]).toEqual([
    '/4',
    '/5',
    '/6',
    '/7',
    '/8',
    '/9',
  ]);
});

test('by time, names are of strftime, and the capture ends after so many', async () => {
  const rotation = { seconds: 1, files: 2 };
  const script = await LiveScript.open([join(folder, '%Y-%s.pcapng')], { rotation });
  const session = script.conversation();
  for (let number = 0; script.counts.ends === 0; number++) {
    session.write(get(`/${number}`));
    await delay(100);
  }
  await script.finish();
  const year = new Date().getFullYear();
  expect(files()).toEqual([0, 1].map(() => expect.stringMatching(`^${year}-\\d{10}\\.pcapng$`)));
  const seen = files().map(uris);
  expect(seen.map(({ length }) => length > 0)).toEqual([true, true]);
  expect(seen.flat()).toEqual(seen.flat().map((_, number) => `/${number}`));
});

test('a recording rotates as well, and can be exported file by file', async () => {
  const name = join(folder, 'x.cbor');
  const script = await LiveScript.open([name], { rotation: { maxBytes: 1_000_000 } });
  await talk(script, 10);
  await script.finish();
  expect(files()).toEqual(['x.cbor', 'x.cbor1', 'x.cbor2']);
  const totals: StatisticsEvent[] = [];
  for (const file of files()) {
    const source = await FileSource.open(join(folder, file));
    const { events, end } = await replay(source);
    await source.close();
    expect(end.kind).toBe('whole');
    totals.push(events.at(-1) as StatisticsEvent);
    const text = join(root, `${file}.txt`);
    const again = await LiveScript.open([join(root, `${file}.pcapng`), `text:${text}`]);
    for (const event of events) again.outputs.handle(event);
    expect((await again.outputs.end()).lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 0 });
    expect(readFileSync(text, 'utf8')).not.toContain('lost here');
  }
  expect(totals.map(({ lost }) => lost[0]?.bytes ?? 0)).toEqual([0, 500, 0]);
  expect(totals.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(script.totals().bytes);
  const exported = ['x.cbor', 'x.cbor1', 'x.cbor2'].map((file) => join(root, `${file}.pcapng`));
  const requests = exported.map((path) => [...fieldByStream(path, 'http.request.uri').values()]);
  expect(requests.flat(2)).toEqual(Array.from({ length: 10 }, (_, number) => `/${number}`));
});

test('a file that cannot be opened ends the series and no other destination', async () => {
  const other = join(root, 'other.pcapng');
  mkdirSync(join(folder, 'x.pcapng1'));
  const rotation = { maxBytes: 1_000_000 };
  const names = [join(folder, 'x.pcapng'), '/dev/null', other];
  const script = await LiveScript.open(names, { rotation });
  await talk(script, 6);
  await expect(script.finish()).rejects.toThrow(
    `${join(folder, 'x.pcapng1')}: illegal operation on a directory (EISDIR)`,
  );
  expect(uris('x.pcapng')).toEqual(['/0', '/1', '/2', '/3']);
  expect(judge('capinfos', '-c', other)).toContain('Number of packets');
});
