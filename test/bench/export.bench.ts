import { execFileSync } from 'node:child_process';
import { rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, it } from 'vitest';
import { plaincapWords } from '../kernel/plaincap.ts';
import { Program, succeed } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Comparison, compare, type Measured } from './comparison.ts';
import { makeRecording } from './recording-maker.ts';
import { report } from './report.ts';
import { EXPORT_BYTES, IS_TRIAL, ROUNDS } from './scale.ts';
import { watchToEnd } from './watched-process.ts';

const folder = temporaryFolder();
const PEERS = join(import.meta.dirname, 'peers');
/** Packages of Debian's golang-*-dev. */
const GO = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOCACHE: join(folder, 'go') };
const output = join(folder, 'output');
/** Disks and the kernel's cache of them are slower than writers: so writers are alone. */
const NOWHERE = '/dev/null';

/** plaincap's own writer, without recordings. */
const memoryWriter = join(folder, 'bench/memory-writer.js');
beforeAll(async () => {
  await build({
    entryPoints: [join(import.meta.dirname, 'memory-writer.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: memoryWriter,
  });
  // Where it looks for the addon.
  symlinkSync(join(import.meta.dirname, '../../native'), join(folder, 'native'));
});

/** So much payload a second, in MB, is written by a program that is given what it may take. */
async function rate(bytes: number, write: () => Promise<string | undefined>): Promise<Measured> {
  rmSync(output, { force: true });
  const start = performance.now();
  const note = await write();
  const seconds = (performance.now() - start) / 1000;
  return { value: bytes / 1e6 / seconds, ...(note && { note }) };
}

function writer(bytes: number, command: string, ...args: string[]): () => Promise<Measured> {
  return () =>
    rate(bytes, async () => {
      const program = new Program(command, args, { timeoutMs: 600_000 });
      const { cpu, peak } = await watchToEnd(program);
      const { code, stderr } = await program.ended;
      if (code !== 0) throw new Error(`${command}: ${stderr}`);
      return `${cpu.toFixed(1)} s of CPU, at most ${Math.round(peak / 2 ** 20)} MiB`;
    });
}

/** A dump of one packet's payload as text2pcap reads it, again and again. */
function writeHexDump(path: string, bytes: number, eventBytes: number): void {
  const lines: string[] = [];
  for (let at = 0; at < eventBytes; at += 16) {
    const row = Array.from({ length: Math.min(16, eventBytes - at) }, () => '78').join(' ');
    lines.push(`${at.toString(16).padStart(6, '0')}  ${row}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n\n`.repeat(Math.floor(bytes / eventBytes)));
}

/** Other writers of captures, which have their payload in memory. */
function peers(eventBytes: number): Record<string, () => Promise<Measured>> {
  const gopacket = join(folder, 'ng-writer');
  execFileSync('go', ['build', '-o', gopacket, join(PEERS, 'ng-writer.go')], {
    env: { ...process.env, ...GO },
  });
  // The slow ones get less to do.
  const some = Math.round(EXPORT_BYTES / (eventBytes < 1000 ? 400 : 20));
  const hexDump = join(folder, 'dump.txt');
  writeHexDump(hexDump, some, eventBytes);
  const sized = (bytes: number, path = output) => [path, `${bytes}`, `${eventBytes}`];
  const nowhere = sized(EXPORT_BYTES, NOWHERE);
  return {
    'gopacket NgWriter': writer(EXPORT_BYTES, gopacket, ...sized(EXPORT_BYTES)),
    'plaincap, events in memory, to nowhere': writer(
      EXPORT_BYTES,
      process.execPath,
      memoryWriter,
      ...nowhere,
    ),
    'gopacket NgWriter, to nowhere': writer(EXPORT_BYTES, gopacket, ...nowhere),
    text2pcap: writer(some, 'text2pcap', '-q', '-T', '40000,443', hexDump, output),
    dpkt: writer(some, '/usr/bin/python3', join(PEERS, 'dpkt-writer.py'), ...sized(some)),
    scapy: writer(some, '/usr/bin/python3', join(PEERS, 'scapy-writer.py'), ...sized(some)),
  };
}

async function compareWriters(eventBytes: number): Promise<Comparison> {
  const recording = join(folder, `${eventBytes}.cbor`);
  makeRecording(recording, { bytes: EXPORT_BYTES, eventBytes });
  const [node, ...words] = plaincapWords('export', recording, '-w', `${output}.pcapng`);
  const copied = join(folder, 'copied');
  const buffer = Buffer.alloc(Math.min(EXPORT_BYTES, 64e6), 'x');
  const target = Buffer.alloc(buffer.length);

  const comparison = await compare(
    { workload: `export, events of ${eventBytes} bytes`, unit: 'MB/s', rounds: ROUNDS },
    {
      'plaincap export': writer(EXPORT_BYTES, node, ...words),
      'cp of the same output': () =>
        rate(EXPORT_BYTES, async () => {
          rmSync(copied, { force: true });
          await succeed('cp', [`${output}.pcapng`, copied], { timeoutMs: 600_000 });
          return `${Math.round(statSync(copied).size / 1e6)} MB`;
        }),
      'copy in memory': () =>
        rate(EXPORT_BYTES, async () => {
          for (let at = 0; at < EXPORT_BYTES; at += buffer.length) buffer.copy(target);
          return undefined;
        }),
      ...(IS_TRIAL ? {} : peers(eventBytes)),
    },
  );
  for (const file of [recording, copied, output, `${output}.pcapng`]) rmSync(file, { force: true });
  return comparison;
}

it('export', async () => {
  const comparisons: Comparison[] = [];
  for (const eventBytes of IS_TRIAL ? [200] : [16_384, 200]) {
    comparisons.push(await compareWriters(eventBytes));
  }
  report('Export', comparisons);
});

it('memory', async () => {
  const sizes = IS_TRIAL
    ? [1e6]
    : [10e6, 100e6, 1e9, 10e9].filter((size) => size <= 10 * EXPORT_BYTES);
  const plans = [
    ...sizes.map((bytes) => ({ bytes, connections: 1 })),
    ...(IS_TRIAL ? [10] : [10, 1000, 100_000, 1_000_000]).map((connections) => ({
      bytes: 2 * connections * 1000,
      connections,
    })),
  ];
  const comparisons: Comparison[] = [];
  for (const { bytes, connections } of plans) {
    const recording = join(folder, 'memory.cbor');
    const eventBytes = connections === 1 ? 16_384 : 1000;
    makeRecording(recording, { bytes, eventBytes, connections });
    const [node, ...words] = plaincapWords('export', recording, '-w', `${output}.pcapng`);
    const workload = `memory of export: ${bytes / 1e6} MB, ${connections} connections`;
    comparisons.push(
      await compare(
        { workload, unit: 'MiB', rounds: 1 },
        {
          'plaincap export': async () => {
            const program = new Program(node, words, { timeoutMs: 600_000 });
            const { peak } = await watchToEnd(program);
            return { value: peak / 2 ** 20 };
          },
        },
      ),
    );
    for (const file of [recording, `${output}.pcapng`]) rmSync(file, { force: true });
  }
  report('Memory', comparisons);
});
