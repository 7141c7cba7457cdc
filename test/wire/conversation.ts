/** What tshark sees of one TCP connection, above TCP and TLS. */
export interface Conversation {
  /** Its number in the file. */
  stream: string;
  /** `address:port` of both, the client first. */
  ends: string;
  /** What each end said, in order, one text each. */
  client: string[];
  server: string[];
  /** The first FIN or RST, and how much the other end had said then. */
  close: { by: Side; cause: 'fin' | 'rst'; epochS: number; heard: number } | undefined;
  /** Who sent an RST, before or after a FIN: it had closed, and never read what came last. */
  resetBy: Side | undefined;
  /** How much the other end had said when this one said GOAWAY first. */
  heardAtGoaway: Partial<Record<Side, number>>;
}

/** So much of what its peer said an end has read for sure: what comes when it closed, none may read. */
export function readBy(conversation: Conversation, reader: Side): number {
  const { close, resetBy, heardAtGoaway } = conversation;
  if (resetBy === reader) return 0;
  const heard = close?.by === reader ? close.heard : conversation[peerOf(reader)].length;
  // Where both ends have sent a FIN, Linux sends no RST for what is not read.
  return Math.min(heard, heardAtGoaway[reader] ?? heard);
}

/** HTTP/2's frame type, as tshark tells it in a tree. */
const GOAWAY = '"http2.type":"7"';

/** Adds what an end said. */
export function say(conversation: Conversation, sender: Side, text: string): void {
  conversation[sender].push(text);
  if (!text.includes(GOAWAY)) return;
  conversation.heardAtGoaway[sender] ??= conversation[peerOf(sender)].length;
}

function peerOf(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

export type Side = 'client' | 'server';
export const SIDES: readonly Side[] = ['client', 'server'];

/** What of a packet tells of which conversation it is. */
export interface Carrier {
  stream: string;
  /** `address:port`. */
  source: string;
  destination: string;
  isSyn: boolean;
  ends?: 'fin' | 'rst' | undefined;
  epochS: number;
}

/** The conversations of a file, in the order of their first packets. */
export class ConversationTable {
  readonly #byStream = new Map<string, Conversation>();
  /** Streams that are older than the file: of whoever asked whether a server listens. */
  readonly #older = new Set<string>();

  /** The conversation that the packet is of, and who sent it. */
  find({ stream, source, destination, isSyn, ends, epochS }: Carrier): [Conversation, Side] {
    const conversation = this.#byStream.get(stream) ?? {
      stream,
      ends: `${source} ${destination}`,
      client: [],
      server: [],
      close: undefined,
      resetBy: undefined,
      heardAtGoaway: {},
    };
    if (!isSyn && !this.#byStream.has(stream)) this.#older.add(stream);
    this.#byStream.set(stream, conversation);
    const sender = conversation.ends.startsWith(`${source} `) ? 'client' : 'server';
    if (ends === 'rst') conversation.resetBy ??= sender;
    const heard = conversation[peerOf(sender)].length;
    if (ends) conversation.close ??= { by: sender, cause: ends, epochS, heard };
    return [conversation, sender];
  }

  all(): Conversation[] {
    return [...this.#byStream.values()].filter(({ stream }) => !this.#older.has(stream));
  }
}
