import { FRAME_HEADER_LENGTH } from '../../src/http-sniff/http2-frame.ts';
import { readFields } from '../kernel/tshark.ts';
import { type Conversation, SIDES, type Side } from './conversation.ts';
import { followBytes } from './followed-bytes.ts';

/** What a capture has of what one end said: bytes, and how many are missing between them. */
export type Piece = { bytes: Buffer } | { lost: number; leftOut: number };

const APPLICATION_DATA = '23';
/** Of plaincap's records. */
const MAC_BYTES = 32;
/** Of the frames that stand for what is missing of HTTP/2. */
const FILLER_TYPE = 0xff;

interface TlsRecord {
  bytes: number;
  comment: string;
}
type Records = Record<Side, TlsRecord[]>;

/**
 * The pieces of the TLS conversations of a capture, by their ends: where one stream cannot go on
 * behind a loss, another one does.
 */
export async function readPieces(
  file: string,
  conversations: readonly Conversation[],
): Promise<Map<string, Record<Side, Piece[]>>> {
  const records = await readRecords(file, conversations);
  const followed = await followBytes({ file }, conversations);
  const pieces = new Map<string, Record<Side, Piece[]>>();
  for (const { stream, ends } of conversations) {
    const ofEnds = pieces.get(ends) ?? { client: [], server: [] };
    pieces.set(ends, ofEnds);
    for (const side of SIDES) {
      const bytes = followed.get(stream)?.[side] ?? Buffer.alloc(0);
      ofEnds[side].push(...piecesOf(records.get(stream)?.[side] ?? [], bytes));
    }
  }
  return pieces;
}

/** Comments may stand alone, on segments without a record. */
async function readRecords(
  file: string,
  conversations: readonly Conversation[],
): Promise<Map<string, Records>> {
  const fields = [
    'tcp.stream',
    'tcp.srcport',
    'tls.record.content_type',
    'tls.record.length',
    'frame.comment',
  ] as const;
  const clients = new Map(conversations.map(({ stream, ends }) => [stream, ends.split(' ')[0]]));
  const records = new Map<string, Records>(
    conversations.map(({ stream }) => [stream, { client: [], server: [] }]),
  );
  for (const row of await readFields(file, 'tcp', fields)) {
    const [stream = '', port] = [row['tcp.stream'][0], row['tcp.srcport'][0]];
    const isClients = clients.get(stream)?.endsWith(`:${port}`);
    const comment = row['frame.comment'].join();
    const isData = row['tls.record.content_type'].join() === APPLICATION_DATA;
    if (!isData && !gapOf(comment)) continue;
    // A SYN says whose.
    const whose = /of what the (client|server) sent/.exec(comment)?.[1] as Side | undefined;
    const side = whose ?? (isClients ? 'client' : 'server');
    const bytes = isData ? Number(row['tls.record.length'][0]) - MAC_BYTES : 0;
    records.get(stream)?.[side].push({ bytes, comment });
  }
  return records;
}

function piecesOf(records: readonly TlsRecord[], followed: Buffer): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  /** Missing bytes that later records stand for. */
  let unfilled = 0;
  for (const { bytes, comment } of records) {
    const record = followed.subarray(at, at + bytes);
    at += bytes;
    const gap = gapOf(comment);
    if (gap) {
      pieces.push(gap);
      unfilled = gap.lost + gap.leftOut;
    }
    if (bytes <= unfilled && (gap || isFiller(record))) unfilled -= bytes;
    else if (bytes > 0) {
      pieces.push({ bytes: record });
      unfilled = 0;
    }
  }
  return pieces;
}

function gapOf(comment: string): { lost: number; leftOut: number } | undefined {
  const lost = Number(/(\d+) bytes lost here/.exec(comment)?.[1] ?? 0);
  const leftOut = Number(/(\d+) bytes left out here/.exec(comment)?.[1] ?? 0);
  return lost + leftOut > 0 ? { lost, leftOut } : undefined;
}

function isFiller(record: Buffer): boolean {
  return record[3] === FILLER_TYPE || record.subarray(0, FRAME_HEADER_LENGTH).every((b) => b === 0);
}
