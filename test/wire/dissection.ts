import { createHash } from 'node:crypto';
import { packets } from './tshark-json.ts';

/** What tshark sees of one TCP connection, above TCP and TLS. */
export interface Conversation {
  /** `address:port` of both, the client first. */
  ends: string;
  /** What each end said, in order: every protocol's tree as tshark prints it, one text each. */
  client: string[];
  server: string[];
  /** The first FIN or RST. */
  close: { by: 'client' | 'server'; cause: 'fin' | 'rst'; epochS: number } | undefined;
}

type Tree = { [key: string]: unknown };

/** Below what the two files are compared by. */
const LOWER_LAYERS = new Set([
  'frame',
  'pkt_comment',
  'eth',
  'ip',
  'ipv6',
  'tcp',
  'tls',
  'tcp.segments',
  'tls.segments',
  '_ws.expert',
]);

/**
 * What depends on where in the file a message stands, not on what it says: numbers and times of
 * packets, and the pieces that a body came in.
 */
const PLACES =
  /^(http2?|grpc|websocket)\.((prev_|next_)?(request|response)(_in|_number)?$|time|body\.(fragment|reassembled|segment)|chunked_trailer)|reassembled|\.fragment/;

/**
 * The TCP connections of a capture file, in the order of their first packets.
 *
 * @param keys TLS key log of what the file holds as it was on the wire
 */
export async function dissect(file: string, keys?: string): Promise<Conversation[]> {
  const conversations = new Map<string, Conversation>();
  const options = keys === undefined ? [] : ['-o', `tls.keylog_file:${keys}`];
  for await (const { _source } of packets(file, options)) {
    addPacket(conversations, _source.layers);
  }
  return [...conversations.values()];
}

function addPacket(conversations: Map<string, Conversation>, layers: Tree): void {
  const tcp = layers.tcp as Tree;
  const ip = (layers.ip ?? layers.ipv6) as Tree;
  const version = layers.ip ? 'ip' : 'ipv6';
  const source = `${ip[`${version}.src`]}:${tcp['tcp.srcport']}`;
  const destination = `${ip[`${version}.dst`]}:${tcp['tcp.dstport']}`;
  const stream = tcp['tcp.stream'] as string;
  let conversation = conversations.get(stream);
  if (conversation === undefined) {
    conversation = { ends: `${source} ${destination}`, client: [], server: [], close: undefined };
    conversations.set(stream, conversation);
  }
  const sender = conversation.ends.startsWith(`${source} `) ? 'client' : 'server';
  for (const [name, layer] of Object.entries(layers)) {
    if (LOWER_LAYERS.has(name)) continue;
    for (const tree of Array.isArray(layer) ? layer : [layer]) {
      conversation[sender].push(`${name} ${JSON.stringify(said(tree))}`);
    }
  }
  const flags = tcp['tcp.flags_tree'] as Tree;
  const cause = flags['tcp.flags.reset'] === '1' ? 'rst' : flags['tcp.flags.fin'] === '1' && 'fin';
  if (cause) {
    const epochS = Number((layers.frame as Tree)['frame.time_epoch']);
    conversation.close ??= { by: sender, cause, epochS };
  }
}

/** The tree without places; of long texts, as bodies are, their length and digest. */
function said(tree: unknown): unknown {
  if (typeof tree === 'string') return tree.length > 500 ? digest(tree) : tree;
  if (Array.isArray(tree)) return tree.map(said);
  if (tree === null || typeof tree !== 'object') return tree;
  const entries = Object.entries(tree).filter(([key]) => !PLACES.test(key));
  return Object.fromEntries(entries.map(([key, value]) => [key, said(value)]));
}

function digest(text: string): string {
  return `${text.length} ${createHash('sha256').update(text).digest('hex')}`;
}
