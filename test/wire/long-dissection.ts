import { createHash } from 'node:crypto';
import { type Carrier, type Conversation, ConversationTable, SIDES } from './conversation.ts';
import { followBytes } from './followed-bytes.ts';
import { type Source, tsharkLines } from './tshark-lines.ts';

const CARRIER = [
  'tcp.stream',
  'ip.src',
  'ipv6.src',
  'ip.dst',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags.syn',
  'tcp.flags.fin',
  'tcp.flags.reset',
  'frame.time_epoch',
] as const;
const HEADS = [
  'http.request.method',
  'http.request.uri',
  'http.request.version',
  'http.request.line',
  'http.response.version',
  'http.response.code',
  'http.response.line',
  'http2.streamid',
  'http2.type',
  'http2.flags',
  'http2.length',
  'http2.header.name',
  'http2.header.value',
] as const;
type Field = (typeof CARRIER)[number] | (typeof HEADS)[number];
const AGGREGATOR = '\x1f';

/**
 * The TCP connections of a capture file with bodies that are too long for trees. What was said in
 * them is each field of all heads, and a digest of all bytes.
 */
export async function dissectLong(source: Source): Promise<Conversation[]> {
  const conversations = new ConversationTable();
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', `aggregator=${AGGREGATOR}`];
  const fields = [...CARRIER, ...HEADS];
  const columns = fields.flatMap((field) => ['-e', field]);
  for await (const line of tsharkLines(source, ['-Y', 'tcp', ...format, ...columns])) {
    const cells = line.split('\t');
    const values = Object.fromEntries(fields.map((field, column) => [field, cells[column] ?? '']));
    addPacket(conversations, values as Record<Field, string>);
  }
  await addBytes(source, conversations.all());
  return conversations.all();
}

function addPacket(conversations: ConversationTable, values: Record<Field, string>): void {
  const [conversation, sender] = conversations.find(carrierOf(values));
  for (const field of HEADS) {
    for (const value of values[field].split(AGGREGATOR)) {
      if (value !== '') conversation[sender].push(`${field} ${value}`);
    }
  }
}

function carrierOf(values: Record<Field, string>): Carrier {
  const isFin = values['tcp.flags.fin'] === '1';
  return {
    stream: values['tcp.stream'],
    source: `${values['ip.src'] || values['ipv6.src']}:${values['tcp.srcport']}`,
    destination: `${values['ip.dst'] || values['ipv6.dst']}:${values['tcp.dstport']}`,
    isSyn: values['tcp.flags.syn'] === '1',
    ends: values['tcp.flags.reset'] === '1' ? 'rst' : isFin ? 'fin' : undefined,
    epochS: Number(values['frame.time_epoch']),
  };
}

async function addBytes(source: Source, conversations: readonly Conversation[]): Promise<void> {
  const followed = await followBytes(source, conversations);
  for (const { stream, ...said } of conversations) {
    for (const side of SIDES) {
      const bytes = followed.get(stream)?.[side] ?? Buffer.alloc(0);
      const digest = createHash('sha256').update(bytes).digest('hex');
      said[side].push(`bytes ${bytes.length} ${digest}`);
    }
  }
}
