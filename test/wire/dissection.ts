import { createHash } from 'node:crypto';
import { type Carrier, type Conversation, ConversationTable, say } from './conversation.ts';
import { packets } from './tshark-json.ts';
import type { Source } from './tshark-lines.ts';

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
 * The TCP connections of a capture file; what was said in them is every protocol's tree as tshark
 * prints it.
 */
export async function dissect(source: Source): Promise<Conversation[]> {
  const conversations = new ConversationTable();
  for await (const { _source } of packets(source)) {
    const { layers } = _source;
    const [conversation, sender] = conversations.find(carrierOf(layers));
    for (const [name, layer] of Object.entries(layers)) {
      if (LOWER_LAYERS.has(name)) continue;
      for (const tree of Array.isArray(layer) ? layer : [layer]) {
        say(conversation, sender, `${name} ${JSON.stringify(said(tree))}`);
      }
    }
  }
  return conversations.all();
}

function carrierOf(layers: Tree): Carrier {
  const tcp = layers.tcp as Tree;
  const ip = (layers.ip ?? layers.ipv6) as Tree;
  const version = layers.ip ? 'ip' : 'ipv6';
  const flags = tcp['tcp.flags_tree'] as Tree;
  const isFin = flags['tcp.flags.fin'] === '1';
  return {
    stream: tcp['tcp.stream'] as string,
    source: `${ip[`${version}.src`]}:${tcp['tcp.srcport']}`,
    destination: `${ip[`${version}.dst`]}:${tcp['tcp.dstport']}`,
    isSyn: flags['tcp.flags.syn'] === '1',
    ends: flags['tcp.flags.reset'] === '1' ? 'rst' : isFin ? 'fin' : undefined,
    epochS: Number((layers.frame as Tree)['frame.time_epoch']),
  };
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
