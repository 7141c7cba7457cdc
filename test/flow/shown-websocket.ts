import { nameOf, PONG } from './websocket-frames.ts';
import { judge } from './wireshark.ts';

const TLS_APPLICATION_DATA = '23';
/** A record's header and MAC. */
const RECORD_BYTES = 5 + 32;
/** What stands for missing bytes: no pong of a conversation has zeros. */
const FILLER = /^0*$/;
const FIELDS = [
  ...['ip.src', 'ip.dst', 'tcp.len', 'tls.record.content_type', 'frame.comment'],
  ...['websocket.payload.pong', 'websocket.opcode', 'websocket.payload_length'],
  ...['websocket.payload_length_ext_16', 'websocket.payload_length_ext_64'],
];

/** What a file has of one direction of a connection. */
export interface ShownEnd {
  /** Names of the frames that tshark shows, but for pongs that stand for missing bytes. */
  frames: string[];
  /** Bytes of the conversation, and of what stands for missing ones. */
  bytes: number;
  /** Bytes that comments tell as lost, and as left out. */
  lost: number;
  leftOut: number;
}

/** By `SENDER > RECEIVER`. */
export function shownWebSocket(path: string): Map<string, ShownEnd> {
  const ends = new Map<string, ShownEnd>();
  const format = ['-T', 'fields', '-E', 'aggregator=|', ...FIELDS.flatMap((each) => ['-e', each])];
  for (const line of judge('tshark', '-n', '-r', path, ...format)
    .trimEnd()
    .split('\n')) {
    const [from, to, length, type, comment = '', ...ofFrames] = line.split('\t');
    const key = `${from} > ${to}`;
    const end = ends.get(key) ?? { frames: [], bytes: 0, lost: 0, leftOut: 0 };
    ends.set(key, end);
    if (type === TLS_APPLICATION_DATA) end.bytes += Number(length) - RECORD_BYTES;
    end.lost += countIn(comment, /(\d+) bytes lost here/);
    end.leftOut += countIn(comment, /(\d+) bytes left out here/);
    end.frames.push(...namesOf(ofFrames.map((each) => each.split('|').filter(Boolean))));
  }
  return ends;
}

function namesOf([pongs = [], opcodes = [], ...lengths]: string[][]): string[] {
  const payloads = pongs.values();
  return lengthsOf(lengths).flatMap((length, index) => {
    const opcode = Number(opcodes[index]);
    const payload = opcode === PONG && length > 0 ? payloads.next().value : undefined;
    const isFiller = opcode === PONG && FILLER.test(payload ?? '');
    return isFiller ? [] : [nameOf(opcode, length)];
  });
}

/** The longer lengths stand in fields of their own. */
function lengthsOf([shorts = [], middles = [], longs = []]: string[][]): number[] {
  const more = new Map([
    ['126', middles.values()],
    ['127', longs.values()],
  ]);
  return shorts.map((short) => Number(more.get(short)?.next().value ?? short));
}

function countIn(comment: string, pattern: RegExp): number {
  return Number(pattern.exec(comment)?.[1] ?? 0);
}
