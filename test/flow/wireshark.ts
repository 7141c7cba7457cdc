/** What Wireshark makes of a file, with no preferences but those that let it check more. */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { afterFile } from '../after-file.ts';
import { CAPTURE_START_EPOCH_NS } from './capture-script.ts';

/** tshark says when it runs as root, and tcpdump what it reads. */
const HARMLESS = /^Running as user "root"|^reading from file /;

/**
 * Runs a program that reads capture files, and returns its stdout. One that is missing, exits with
 * an error or says something on stderr fails the test.
 */
export function judge(command: string, ...args: string[]): string {
  const options = { encoding: 'utf8', maxBuffer: 1024 ** 3 } as const;
  const { error, status, stdout, stderr } = spawnSync(command, args, options);
  if (error) throw error;
  const complaints = stderr.split('\n').filter((line) => line !== '' && !HARMLESS.test(line));
  expect(complaints, command).toEqual([]);
  expect(status, command).toBe(0);
  return stdout;
}

const FIELDS = [
  ...['frame.time_epoch', 'frame.packet_flags_direction', 'frame.interface_id'],
  ...['frame.interface_name', 'frame.comment', 'ip.src', 'ipv6.src', 'ip.dst', 'ipv6.dst'],
  ...['tcp.stream', 'tcp.srcport', 'tcp.dstport', 'tcp.flags', 'tcp.len', 'tcp.seq'],
  ...[
    'tls.handshake.extensions_alpn_str',
    'tls.handshake.extensions_server_name',
    'http.request.full_uri',
    'http.request.uri',
  ],
  ...['http.response.code', 'http2.headers.path', 'http2.headers.status'],
] as const;

type Field = (typeof FIELDS)[number];

/** Between values of one packet; no value has it. */
const SEPARATOR = '|';

/** Of this test file's captures: one start of tshark answers all questions about one of them. */
const dissected = new Map<string, Record<Field, string>[]>();

function forgetDissected(): void {
  dissected.clear();
}

/** The fields of every packet as tshark shows them with no preference set. */
function dissect(path: string): Record<Field, string>[] {
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${SEPARATOR}`];
  const known = dissected.get(path);
  if (known) return known;
  const columns = FIELDS.flatMap((field) => ['-e', field]);
  const lines = judge('tshark', '-n', '-r', path, ...format, ...columns).split('\n');
  const rows = lines.slice(0, -1).map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(FIELDS.map((field, index) => [field, values[index] ?? ''])) as Record<
      Field,
      string
    >;
  });
  dissected.set(path, rows);
  afterFile(forgetDissected);
  return rows;
}

/** Both directions of a stream, as Wireshark's "Follow Stream" gives them. */
export interface Followed {
  client: Buffer;
  server: Buffer;
}

/** Follows the streams of a file whose clients, and they alone, have the port. */
export function follow(
  path: string,
  protocol: 'tcp' | 'tls',
  streams: readonly number[],
  clientPorts: readonly number[],
): Followed[] {
  const taps = streams.flatMap((stream) => ['-z', `follow,${protocol},raw,${stream}`]);
  const found = new Map<number, Followed>();
  const output = judge('tshark', '-n', '-q', '-r', path, ...taps);
  for (const report of output.split(/^=+$/m)) {
    const stream = /^Filter: tcp.stream eq (\d+)$/m.exec(report)?.[1];
    if (stream !== undefined) found.set(Number(stream), readReport(report, clientPorts));
  }
  return streams.map((stream) => found.get(stream) ?? { client: NOTHING, server: NOTHING });
}

const NOTHING = Buffer.alloc(0);

function readReport(report: string, clientPorts: readonly number[]): Followed {
  const port = Number(/^Node 0: .*:(\d+)$/m.exec(report)?.[1]);
  const lines = report.split('\n').filter((line) => /^\t?[0-9a-f]+$/.test(line));
  const sides = [false, true].map((indented) =>
    Buffer.from(
      lines
        .filter((line) => line.startsWith('\t') === indented)
        .join('')
        .replaceAll('\t', ''),
      'hex',
    ),
  ) as [Buffer, Buffer];
  const [first, second] = sides;
  return clientPorts.includes(port)
    ? { client: first, server: second }
    : { client: second, server: first };
}

/** Warnings and errors of the expert info, and checksums that are not right. */
export function complaints(path: string): string[] {
  const problems = judge(
    'tshark',
    ...['-n', '-r', path, '-o', 'ip.check_checksum:TRUE', '-o', 'tcp.check_checksum:TRUE'],
    ...[
      '-Y',
      '_ws.expert.severity >= "Warning" or ip.checksum.status == 0 or tcp.checksum.status == 0',
    ],
    ...['-T', 'fields', '-e', 'frame.number', '-e', '_ws.expert.message'],
  );
  return problems.split('\n').filter((line) => line !== '');
}

/** The values of a field by stream, in the order of the packets. */
export function fieldByStream(path: string, field: Field): Map<number, string[]> {
  const values = new Map<number, string[]>();
  for (const row of dissect(path)) {
    const stream = Number(row['tcp.stream']);
    const list = values.get(stream) ?? [];
    values.set(stream, list);
    if (row[field] !== '') list.push(...row[field].split(SEPARATOR));
  }
  return values;
}

/** The comments of each stream in the order of the packets, that of its SYN first. */
export function commentsByStream(path: string): Map<number, string[]> {
  return fieldByStream(path, 'frame.comment');
}

export interface Packet {
  stream: number;
  /** Nanoseconds since the capture's start. */
  timeNs: bigint;
  /** `10.0.0.1:443`. */
  from: string;
  to: string;
  /** `SYN ACK`. */
  flags: string;
  /** Bytes of payload. */
  length: number;
  direction: 'inbound' | 'outbound';
  interfaceName: string;
  comment: string;
}

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK'];

export function packets(path: string): Packet[] {
  return dissect(path).map((row) => {
    const flags = Number(row['tcp.flags']);
    return {
      stream: Number(row['tcp.stream']),
      timeNs: BigInt(row['frame.time_epoch'].replace('.', '')) - CAPTURE_START_EPOCH_NS,
      from: `${row['ip.src'] || row['ipv6.src']}:${row['tcp.srcport']}`,
      to: `${row['ip.dst'] || row['ipv6.dst']}:${row['tcp.dstport']}`,
      flags: FLAGS.filter((_, bit) => flags & (1 << bit)).join(' '),
      length: Number(row['tcp.len']),
      direction: row['frame.packet_flags_direction'] === '0x00000001' ? 'inbound' : 'outbound',
      interfaceName: row['frame.interface_name'],
      comment: row['frame.comment'],
    };
  });
}
