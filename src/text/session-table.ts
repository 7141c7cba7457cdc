import type {
  ConnectionEvent,
  DataEvent,
  Direction,
  Event,
  Evidence,
  SessionEndEvent,
  SessionEvent,
} from '../event.ts';
import { cutBehind, type Snaplen } from '../snaplen.ts';
import { formatSocketAddress } from '../tcp/endpoint.ts';
import { decodeIpAddress } from '../tcp/ip-address.ts';

/** A connection's ends as people write them: `127.0.0.1:443`. */
export interface ShownConnection {
  readonly id: number;
  readonly local: string;
  readonly remote: string;
}

/** How far the data events of one direction of a session came. */
export class Progress {
  /** Position behind the last captured byte, and what was cut off behind that. */
  end: number;
  /** Position at which the call began that the last event was of. */
  #callStart = -1;

  constructor(position = 0) {
    this.end = position;
  }

  /** Whether the event is of the same call as the one before it. */
  goesOn({ position, callOffset }: DataEvent): boolean {
    return callOffset > 0 && position - callOffset === this.#callStart;
  }

  /** @param cut how many bytes are cut off behind the event */
  advance({ position, callOffset, capturedLength }: DataEvent, cut: number): void {
    this.#callStart = position - callOffset;
    this.end = Math.max(this.end, position + capturedLength + cut);
  }

  /** Bytes that are missing before this position. */
  lostBefore(position: number): number {
    return Math.max(0, position - this.end);
  }
}

/** A session from its first event to its end. */
export class ShownSession {
  readonly id: number;
  readonly pid: number;
  connection: ShownConnection | undefined;
  evidence: Evidence = 'none';
  readonly reads: Progress;
  readonly writes: Progress;

  constructor({ session, pid, readPosition, writePosition }: SessionEvent) {
    this.id = session;
    this.pid = pid;
    this.reads = new Progress(readPosition);
    this.writes = new Progress(writePosition);
  }

  get hasData(): boolean {
    return this.reads.end > 0 || this.writes.end > 0;
  }

  progress(direction: Direction): Progress {
    return direction === 'read' ? this.reads : this.writes;
  }
}

/** What events told that later ones refer to. Remembers what is live, and the processes. */
export class SessionTable {
  /** Bytes that events did not bring, by where they are missing in their session's direction. */
  readonly lostBytes = { atStart: 0, between: 0, atEnd: 0 };
  readonly #comms = new Map<number, string>();
  readonly #connections = new Map<number, ShownConnection>();
  readonly #sessions = new Map<number, ShownSession>();
  readonly #snaplen: Snaplen;

  constructor(snaplen: Snaplen) {
    this.#snaplen = snaplen;
  }

  /** Takes in what the event tells. To be called before it is shown. */
  tell(event: Event): void {
    if (event.kind === 'process') this.#comms.set(event.pid, event.comm);
    else if (event.kind === 'connection') this.#addConnection(event);
    else if (event.kind === 'session') this.#bind(event);
  }

  /** Takes in what the event ends. To be called after it was shown. */
  forget(event: Event): void {
    if (event.kind === 'session-end') this.#sessions.delete(event.session);
    // Sessions that it has keep it themselves.
    else if (event.kind === 'close') this.#connections.delete(event.connection);
  }

  /** Takes in how far the data came. Returns how many bytes are missing before it. */
  advance(event: DataEvent): number {
    const progress = this.session(event.session).progress(event.direction);
    const lost = progress.lostBefore(event.position);
    if (progress.end === 0) this.lostBytes.atStart += lost;
    else this.lostBytes.between += lost;
    progress.advance(event, cutBehind(event, this.#snaplen));
    return lost;
  }

  /** How many bytes are missing at the session's end. */
  lostAtEnd({ session: id, readPosition, writePosition }: SessionEndEvent) {
    const { reads, writes } = this.session(id);
    const lost = { read: reads.lostBefore(readPosition), write: writes.lostBefore(writePosition) };
    this.lostBytes.atEnd += lost.read + lost.write;
    return lost;
  }

  /** The name of a process. */
  comm(pid: number): string {
    return told(this.#comms.get(pid), 'process', pid);
  }

  session(id: number): ShownSession {
    return told(this.#sessions.get(id), 'session', id);
  }

  /** Undefined before its first event. */
  knownSession(id: number): ShownSession | undefined {
    return this.#sessions.get(id);
  }

  /** Undefined for a connection of which no event told, or that closed. */
  connection(id: number): ShownConnection | undefined {
    return this.#connections.get(id);
  }

  #addConnection(event: ConnectionEvent): void {
    const [local, remote] = [
      { address: decodeIpAddress(event.localAddress), port: event.localPort },
      { address: decodeIpAddress(event.remoteAddress), port: event.remotePort },
    ].map(formatSocketAddress) as [string, string];
    this.#connections.set(event.connection, { id: event.connection, local, remote });
  }

  #bind(event: SessionEvent): void {
    let session = this.#sessions.get(event.session);
    if (session === undefined) {
      session = new ShownSession(event);
      this.#sessions.set(event.session, session);
    }
    session.evidence = event.evidence;
    // A connection that closed is the session's still.
    if (session.connection?.id === event.connection) return;
    session.connection = this.#connections.get(event.connection);
  }
}

/** @throws Error for an id of which no event told: event.ts promises that one did. */
function told<T>(known: T | undefined, kind: string, id: number): T {
  if (known === undefined) throw new Error(`no event told of ${kind} ${id}`);
  return known;
}
