import { END_FIELDS, endsOf } from '../kernel/exchange.ts';
import { readFields } from '../kernel/tshark.ts';
import { type End, tokensIn } from './truth.ts';

const FIELDS = [
  ...END_FIELDS,
  'tcp.stream',
  'tcp.flags.fin',
  'tcp.flags.reset',
  'tcp.payload',
  'frame.time_epoch',
  'frame.comment',
] as const;

type Row = Record<(typeof FIELDS)[number], string[]>;

/** A TCP stream of a file, as tshark and the comment of its first packet tell it. */
export interface Stream {
  number: number;
  /** Who sent its SYN, as `address:port`. */
  opener: string;
  /** What its true addresses may be, each as `CLIENT SERVER`; undefined if they are not known. */
  addresses: readonly string[] | undefined;
  tokens: Set<string>;
  /** Its RST, or else its first FIN. */
  end: End | undefined;
}

export async function readStreams(file: string): Promise<Stream[]> {
  const streams = new Map<string, Stream>();
  for (const row of await readFields(file, 'tcp', FIELDS)) {
    const [number = ''] = row['tcp.stream'];
    const stream = streams.get(number) ?? firstPacket(Number(number), row);
    streams.set(number, stream);
    const payload = Buffer.from(row['tcp.payload'][0] ?? '', 'hex');
    for (const token of tokensIn(payload)) stream.tokens.add(token);
    const end = endOf(row, stream);
    if (stream.end === undefined || end?.cause === 'rst') stream.end = end;
  }
  return [...streams.values()];
}

/** @param row of its SYN. */
function firstPacket(number: number, row: Row): Stream {
  const { source: opener } = bracketed(row);
  return { number, opener, addresses: addressesOf(row), tokens: new Set(), end: undefined };
}

function addressesOf(row: Row): readonly string[] | undefined {
  const comment = row['frame.comment'].join(' ');
  if (comment.includes('connection unknown')) return undefined;
  // The program's own end first: which of them is the client's is not told.
  const shared = /as another stream has (\S+) and (\S+?)(;|$)/.exec(comment);
  if (shared) return [`${shared[1]} ${shared[2]}`, `${shared[2]} ${shared[1]}`];
  const { source, destination } = bracketed(row);
  const port = /real server port (\d+)/.exec(comment)?.[1];
  return [`${source} ${port ? destination.replace(/\d+$/, port) : destination}`];
}

/** IPv6 addresses as in a recording. */
function bracketed(row: Row): { source: string; destination: string } {
  const { source, destination } = endsOf(row);
  if (row['ipv6.src'].length === 0) return { source, destination };
  const bracket = (end: string) => end.replace(/^(.*):(\d+)$/, '[$1]:$2');
  return { source: bracket(source), destination: bracket(destination) };
}

function endOf(row: Row, { opener }: Stream): End | undefined {
  const isReset = row['tcp.flags.reset'][0] === '1';
  if (!isReset && row['tcp.flags.fin'][0] !== '1') return undefined;
  return {
    cause: isReset ? 'rst' : 'fin',
    by: bracketed(row).source === opener ? 'client' : 'server',
    time: Number(row['frame.time_epoch'][0]),
  };
}
