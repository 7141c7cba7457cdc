import type {
  CloseEvent,
  ConnectionEvent,
  DataEvent,
  Event,
  EventHandler,
  HandshakeEvent,
  HandshakeFailureEvent,
  ProcessEvent,
  SessionEndEvent,
  SessionEvent,
} from './event.ts';
import { FLOW_LIMITS, type FlowLimits } from './flow/flow-limits.ts';
import { protocolOf } from './flow/forgotten-session.ts';
import { noPlace } from './flow/idle-order.ts';
import { type IdleEntry, IdleTable } from './flow/idle-table.ts';
import { cutBehind, type Snaplen } from './snaplen.ts';

interface LiveProcess extends IdleEntry<LiveProcess> {
  readonly event: ProcessEvent;
}

interface LiveSession extends IdleEntry<LiveSession> {
  /** The last that was told of it. */
  event: SessionEvent;
  handshake: HandshakeEvent | undefined;
  /** Behind the last data. */
  readPosition: number;
  writePosition: number;
}

interface LiveConnection extends IdleEntry<LiveConnection> {
  readonly event: ConnectionEvent;
  /** Sessions that it carries. */
  sessions: number;
  /** Its sessions may still read what arrived before. */
  closing: CloseEvent | undefined;
}

/**
 * What is live, for files and readers that begin in the middle of a capture: `tell` gives the events
 * that they must know, after which all that come are good for them, with those that `untold` gives.
 * Remembers what is live, and the processes, but no data, and no more than its limits allow.
 */
export class LiveState {
  readonly #snaplen: Snaplen;
  readonly #processes: IdleTable<LiveProcess>;
  /** Those without a session; the others are as many as sessions at most. */
  readonly #idleConnections: IdleTable<LiveConnection>;
  readonly #connections = new Map<number, LiveConnection>();
  readonly #sessions: IdleTable<LiveSession>;
  #hasForgotten = false;

  constructor(snaplen?: Snaplen, limits: Omit<FlowLimits, 'openFlows'> = FLOW_LIMITS) {
    this.#snaplen = snaplen;
    this.#processes = new IdleTable(limits.processes);
    this.#idleConnections = new IdleTable(limits.idleConnections);
    this.#sessions = new IdleTable(limits.sessions);
  }

  /** Takes in what the event tells. */
  readonly handle: EventHandler = (event: Event) => {
    if (this.#hasForgotten) for (const earlier of this.untold(event)) this.#take(earlier);
    this.#take(event);
  };

  /**
   * What is to be told before the event, as it was forgotten: a process without a name, a session
   * of an unknown connection. To be asked before the event is handled.
   */
  untold(event: Event): Event[] {
    if (!this.#hasForgotten) return [];
    const pid = 'pid' in event && event.kind !== 'process' ? event.pid : undefined;
    const isOfSession = 'session' in event && event.kind !== 'session';
    const isForgotten = isOfSession && this.#sessions.get(event.session) === undefined;
    const told: Event[] = [];
    // An end does not tell whose it is.
    const owner = pid ?? (isForgotten ? NOBODY : undefined);
    if (owner !== undefined && this.#processes.get(owner) === undefined) {
      told.push(nameless(owner, event.ktimeNs));
    }
    if (isForgotten) told.push(unbound(event, owner ?? NOBODY));
    return told;
  }

  /** Nothing was told yet: the capture has just begun. */
  get isEmpty(): boolean {
    return this.#processes.size === 0;
  }

  /** Tells what is live now, as if it was told from the capture's start on without any data. */
  tell(handle: EventHandler): void {
    for (const { event } of this.#processes.values()) handle(event);
    for (const { event } of this.#connections.values()) handle(event);
    for (const { event, handshake, readPosition, writePosition } of this.#sessions.values()) {
      if (!this.#processes.get(event.pid)) handle(nameless(event.pid, event.ktimeNs));
      const isUntouched = readPosition + writePosition === 0;
      handle(isUntouched ? event : { ...event, readPosition, writePosition });
      if (handshake) handle(handshake);
    }
    for (const { closing } of this.#connections.values()) if (closing) handle(closing);
  }

  readonly #take: EventHandler = (event: Event) => {
    if ('pid' in event) this.#useProcess(event.pid);
    switch (event.kind) {
      case 'data':
        return this.#advance(event);
      case 'process':
        this.#processes.add({ id: event.pid, event, place: noPlace() });
        return this.#forgetProcess(this.#processes.surplus);
      case 'connection':
        return this.#open(event);
      case 'session':
        return this.#bind(event);
      case 'handshake': {
        const session = this.#sessions.get(event.session);
        if (session) session.handshake = event;
        return;
      }
      case 'session-end':
        return this.#end(this.#sessions.get(event.session));
      case 'close': {
        const connection = this.#connections.get(event.connection);
        if (connection?.sessions === 0) this.#close(connection);
        else if (connection) connection.closing ??= event;
      }
    }
  };

  #useProcess(pid: number): void {
    const process = this.#processes.get(pid);
    if (process) this.#processes.use(process);
  }

  #forgetProcess(surplus: LiveProcess | undefined): void {
    if (surplus === undefined) return;
    this.#hasForgotten = true;
    this.#processes.delete(surplus);
  }

  #advance(event: DataEvent): void {
    const session = this.#sessions.get(event.session);
    if (session === undefined) return;
    this.#sessions.use(session);
    const { direction, position, capturedLength } = event;
    const end = position + capturedLength + cutBehind(event, this.#snaplen);
    if (direction === 'read') session.readPosition = Math.max(session.readPosition, end);
    else session.writePosition = Math.max(session.writePosition, end);
  }

  #open(event: ConnectionEvent): void {
    const id = event.connection;
    const rest = { sessions: 0, closing: undefined, place: noPlace<LiveConnection>() };
    const connection = { id, event, ...rest };
    this.#connections.set(id, connection);
    this.#rest(connection);
  }

  /** Notes that it has no session. */
  #rest(connection: LiveConnection): void {
    this.#idleConnections.add(connection);
    const { surplus } = this.#idleConnections;
    if (surplus) this.#close(surplus);
  }

  #close(connection: LiveConnection): void {
    this.#connections.delete(connection.id);
    this.#idleConnections.delete(connection);
  }

  #bind(event: SessionEvent): void {
    const { session: id, connection, readPosition = 0, writePosition = 0 } = event;
    const session = this.#sessions.get(id);
    if (session === undefined) {
      const positions = { readPosition, writePosition };
      this.#sessions.add({ id, event, handshake: undefined, ...positions, place: noPlace() });
    } else {
      const earlier = session.event.connection;
      session.event = event;
      this.#sessions.use(session);
      if (earlier === connection) return;
      this.#release(earlier);
    }
    const carrier = this.#connections.get(connection);
    if (carrier) {
      carrier.sessions++;
      this.#idleConnections.delete(carrier);
    }
    const { surplus } = this.#sessions;
    if (surplus) this.#hasForgotten = true;
    this.#end(surplus);
  }

  #end(session: LiveSession | undefined): void {
    if (session === undefined) return;
    this.#sessions.delete(session);
    this.#release(session.event.connection);
  }

  /** Takes a session from its connection, which may have waited for that. */
  #release(id: number): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    connection.sessions--;
    if (connection.sessions > 0) return;
    if (connection.closing) this.#close(connection);
    else this.#rest(connection);
  }
}

/** No program's: pid 0 is the kernel's. */
const NOBODY = 0;

function nameless(pid: number, ktimeNs: number): ProcessEvent {
  return { kind: 'process', ktimeNs, pid, comm: '', exe: '', uid: 0 };
}

/** A session as far as the event, which is of it, tells. */
function unbound(
  event: DataEvent | HandshakeEvent | HandshakeFailureEvent | SessionEndEvent,
  pid: number,
): SessionEvent {
  const { ktimeNs, session } = event;
  // An end has no data before it, so the protocol does not matter.
  const protocol = event.kind === 'session-end' ? 'tls' : protocolOf(event.function);
  const none = { library: '', connection: 0, evidence: 'none' } as const;
  const told = { kind: 'session', ktimeNs, session, pid, protocol, ...none } as const;
  if (event.kind === 'session-end') {
    const { readPosition, writePosition } = event;
    return { ...told, readPosition, writePosition };
  }
  if (event.kind !== 'data') return told;
  return {
    ...told,
    [event.direction === 'read' ? 'readPosition' : 'writePosition']: event.position,
  };
}
