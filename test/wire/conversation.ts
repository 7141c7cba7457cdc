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
}

/** So much of what its peer said an end has read for sure: what comes when it closed, none may read. */
export function readBy({ client, server, close, resetBy }: Conversation, reader: Side): number {
  if (resetBy === reader) return 0;
  if (close?.by === reader) return close.heard;
  return (reader === 'client' ? server : client).length;
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
    };
    if (!isSyn && !this.#byStream.has(stream)) this.#older.add(stream);
    this.#byStream.set(stream, conversation);
    const sender = conversation.ends.startsWith(`${source} `) ? 'client' : 'server';
    if (ends === 'rst') conversation.resetBy ??= sender;
    const heard = conversation[sender === 'client' ? 'server' : 'client'].length;
    if (ends) conversation.close ??= { by: sender, cause: ends, epochS, heard };
    return [conversation, sender];
  }

  all(): Conversation[] {
    return [...this.#byStream.values()].filter(({ stream }) => !this.#older.has(stream));
  }
}
