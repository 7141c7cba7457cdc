import type {
  ConnectionEvent,
  DataEvent,
  Direction,
  Event,
  Evidence,
  ProcessEvent,
  SessionEndEvent,
  SessionEvent,
} from '../event.ts';
import { FLOW_LIMITS, type FlowLimits } from '../flow/flow-limits.ts';
import { noPlace } from '../flow/idle-order.ts';
import { type IdleEntry, IdleTable } from '../flow/idle-table.ts';
import { cutBehind, type Snaplen } from '../snaplen.ts';
import { formatSocketAddress } from '../tcp/endpoint.ts';
import { decodeIpAddress } from '../tcp/ip-address.ts';

/** A connection's ends as people write them: `127.0.0.1:443`. */
export interface ShownConnection extends IdleEntry<ShownConnection> {
  readonly local: string;
  readonly remote: string;
}

interface ShownProcess extends IdleEntry<ShownProcess> {
  readonly comm: string;
}

/** How far the data events of one direction of a session came. */
export class Progress {
  /** Position behind the last captured byte, and what was cut off behind that. */
  end: number;
  /** Position at which the call began that the last event was of. */
  #callStart = -1;
  /** Whether `end` is where they were, and not forgotten. */
  #isKnown: boolean;

  constructor(position = 0, isKnown = true) {
    this.end = position;
    this.#isKnown = isKnown;
  }

  /** Whether the event is of the same call as the one before it. */
  goesOn({ position, callOffset }: DataEvent): boolean {
    return callOffset > 0 && position - callOffset === this.#callStart;
  }

  /** @param cut how many bytes are cut off behind the event */
  advance({ position, callOffset, capturedLength }: DataEvent, cut: number): void {
    this.#isKnown = true;
    this.#callStart = position - callOffset;
    this.end = Math.max(this.end, position + capturedLength + cut);
  }

  /** Bytes that are missing before this position. */
  lostBefore(position: number): number {
    return this.#isKnown ? Math.max(0, position - this.end) : 0;
  }
}

type Told = Pick<SessionEvent, 'session' | 'pid' | 'readPosition' | 'writePosition'>;

/** A session from its first event to its end. */
export class ShownSession implements IdleEntry<ShownSession> {
  readonly place = noPlace<ShownSession>();
  readonly id: number;
  readonly pid: number;
  connection: ShownConnection | undefined;
  evidence: Evidence = 'none';
  readonly reads: Progress;
  readonly writes: Progress;

  /** @param isKnown whether it is told first here, and not again as it was forgotten */
  constructor({ session, pid, readPosition, writePosition }: Told, isKnown: boolean) {
    this.id = session;
    this.pid = pid;
    this.reads = new Progress(readPosition, isKnown);
    this.writes = new Progress(writePosition, isKnown);
  }

  get hasData(): boolean {
    return this.reads.end > 0 || this.writes.end > 0;
  }

  progress(direction: Direction): Progress {
    return direction === 'read' ? this.reads : this.writes;
  }
}

/**
 * What events told that later ones refer to. Remembers what is live, and the processes, but no more
 * than its limits allow: what is idle longest is forgotten, and has no name or connection then.
 */
export class SessionTable {
  /** Bytes that events did not bring, by where they are missing in their session's direction. */
  readonly lostBytes = { atStart: 0, between: 0, atEnd: 0 };
  readonly #processes: IdleTable<ShownProcess>;
  readonly #connections: IdleTable<ShownConnection>;
  readonly #sessions: IdleTable<ShownSession>;
  readonly #snaplen: Snaplen;
  #hasForgotten = false;

  constructor(snaplen: Snaplen, limits: Omit<FlowLimits, 'openFlows'> = FLOW_LIMITS) {
    this.#snaplen = snaplen;
    this.#processes = new IdleTable(limits.processes);
    this.#connections = new IdleTable(limits.sessions + limits.idleConnections);
    this.#sessions = new IdleTable(limits.sessions);
  }

  /** Takes in what the event tells. To be called before it is shown. */
  tell(event: Event): void {
    if (event.kind === 'process') this.#addProcess(event);
    else if (event.kind === 'connection') this.#addConnection(event);
    else if (event.kind === 'session') this.#bind(event);
    else if ('session' in event) this.#use(event);
  }

  /** Takes in what the event ends. To be called after it was shown. */
  forget(event: Event): void {
    if (event.kind === 'session-end') this.#sessions.delete(this.session(event.session));
    // Sessions that it has keep it themselves.
    else if (event.kind === 'close') this.#close(event.connection);
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

  /** The name of a process; empty if it was forgotten. */
  comm(pid: number): string {
    const process = this.#processes.get(pid);
    if (process) this.#processes.use(process);
    else if (this.#hasForgotten) return '';
    return told(process, 'process', pid).comm;
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

  #addProcess({ pid, comm }: ProcessEvent): void {
    this.#processes.add({ id: pid, comm, place: noPlace() });
    this.#forgetSurplus(this.#processes);
  }

  #addConnection(event: ConnectionEvent): void {
    const [local, remote] = [
      { address: decodeIpAddress(event.localAddress), port: event.localPort },
      { address: decodeIpAddress(event.remoteAddress), port: event.remotePort },
    ].map(formatSocketAddress) as [string, string];
    this.#connections.add({ id: event.connection, local, remote, place: noPlace() });
    this.#forgetSurplus(this.#connections);
  }

  #close(id: number): void {
    const connection = this.#connections.get(id);
    if (connection) this.#connections.delete(connection);
  }

  #bind(event: SessionEvent): void {
    const session = this.#sessions.get(event.session) ?? this.#addSession(event, true);
    session.evidence = event.evidence;
    // A connection that closed is the session's still.
    if (session.connection?.id === event.connection) return;
    session.connection = this.#connections.get(event.connection);
  }

  #addSession(told: Told, isKnown: boolean): ShownSession {
    const session = new ShownSession(told, isKnown);
    this.#sessions.add(session);
    this.#forgetSurplus(this.#sessions);
    return session;
  }

  /** Notes that something happens in a session, which is a new one if it was forgotten. */
  #use(event: Exclude<Event, SessionEvent> & { session: number }): void {
    const session = this.#sessions.get(event.session);
    if (session) this.#sessions.use(session);
    // An end does not tell whose it is: pid 0 is nobody's.
    else if (this.#hasForgotten) this.#addSession({ pid: 0, ...event }, false);
  }

  #forgetSurplus<T extends IdleEntry<T>>(table: IdleTable<T>): void {
    const { surplus } = table;
    if (surplus === undefined) return;
    this.#hasForgotten = true;
    table.delete(surplus);
  }
}

/** @throws Error for an id of which no event told: event.ts promises that one did. */
function told<T>(known: T | undefined, kind: string, id: number): T {
  if (known === undefined) throw new Error(`no event told of ${kind} ${id}`);
  return known;
}
