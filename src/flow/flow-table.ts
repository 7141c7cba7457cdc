import type {
  CloseEvent,
  DataEvent,
  Event,
  EventHandler,
  SessionEndEvent,
  SessionEvent,
} from '../event.ts';
import type { PcapngSection } from '../pcap-writer/index.ts';
import type { Snaplen } from '../snaplen.ts';
import type { SegmentWriter } from '../tcp/segment-writer.ts';
import type { Connection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import { closedLocally } from './flow.ts';
import { InterfaceTable } from './interface-table.ts';
import { OpenFlows } from './open-flows.ts';
import { ProcessTable } from './process-table.ts';
import { Session } from './session.ts';
import { SessionWriter } from './session-writer.ts';
import type { Summary } from './summary.ts';
import { UnboundData } from './unbound-data.ts';

/**
 * From events to flows: which session's data goes into which stream of the file, and when streams
 * end. Remembers what is live, and the processes.
 */
export class FlowTable {
  readonly #processes = new ProcessTable();
  readonly #interfaces: InterfaceTable;
  readonly #connections = new ConnectionTable();
  readonly #sessions = new Map<number, Session>();
  readonly #unbound = new UnboundData();
  readonly #flows: OpenFlows;
  readonly #sessionWriter: SessionWriter;
  readonly #snaplen: Snaplen;
  readonly #summary: Summary = {
    connections: 0,
    unknownConnectionSessions: 0,
    bytes: { read: 0, write: 0 },
    lostBytes: { atStart: 0, between: 0, atEnd: 0 },
    leftOutBytes: 0,
    mirroredBytes: 0,
    statistics: undefined,
  };

  /** @param snaplen of the captured calls */
  constructor(section: PcapngSection, segmentWriter: SegmentWriter, snaplen?: Snaplen) {
    this.#snaplen = snaplen;
    this.#interfaces = new InterfaceTable(section);
    this.#flows = new OpenFlows(segmentWriter);
    const tables = {
      processes: this.#processes,
      interfaces: this.#interfaces,
      connections: this.#connections,
      flows: this.#flows,
    };
    this.#sessionWriter = new SessionWriter(tables, this.#summary);
  }

  /** @throws Error for an event that names a process or session of which none told. */
  readonly handle: EventHandler = (event: Event) => {
    if (this.#unbound.size > 0) this.#giveUpOverdue(event.ktimeNs);
    switch (event.kind) {
      case 'data':
        return this.#write(this.#session(event.session), event);
      case 'process':
        return this.#processes.tell(event);
      case 'connection':
        return this.#connections.add(event);
      case 'session':
        return this.#bind(event);
      case 'handshake':
        this.#session(event.session).handshake = event;
        return;
      case 'handshake-failure':
        return; // Its session has no data, and so no stream.
      case 'session-end':
        return this.#endSession(event);
      case 'close':
        return this.#close(event);
      case 'statistics':
        this.#summary.statistics = event;
    }
  };

  /** Ends what is known to be over; flows that are still open stay so. */
  end(): Summary {
    for (const session of this.#unbound.sessions()) this.#giveUpWaiting(session);
    for (const session of this.#sessions.values()) this.#sessionWriter.writeHeld(session);
    for (const connection of this.#connections.values()) this.#finish(connection);
    this.#interfaces.end(this.#summary.statistics);
    return this.#summary;
  }

  #write(session: Session, event: DataEvent): void {
    if (session.connection === undefined && !session.isUnbound) {
      if (this.#unbound.hold(session, event)) return;
      this.#giveUpWaiting(session);
    }
    this.#sessionWriter.write(session, event);
  }

  /** What waited for the session's connection is written as it is known now, or not. */
  #writeWaiting(session: Session): void {
    for (const event of this.#unbound.release(session)) this.#sessionWriter.write(session, event);
  }

  #giveUpOverdue(ktimeNs: number): void {
    let overdue = this.#unbound.overdue(ktimeNs);
    while (overdue) {
      this.#giveUpWaiting(overdue);
      overdue = this.#unbound.overdue(ktimeNs);
    }
  }

  #giveUpWaiting(session: Session): void {
    session.isUnbound = true;
    this.#writeWaiting(session);
  }

  #session(id: number): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new Error(`no event told of session ${id}`);
    return session;
  }

  /** Begins a session, or moves it to another connection. */
  #bind(event: SessionEvent): void {
    let session = this.#sessions.get(event.session);
    if (session === undefined) {
      session = new Session(event, this.#processes.get(event.pid), this.#snaplen);
      this.#sessions.set(session.id, session);
    }
    const connection = this.#connections.get(event.connection);
    if (connection === session.connection) return;
    const flow = session.openFlow;
    if (flow) this.#flows.close(flow, closedLocally(event.ktimeNs));
    session.flow = undefined;
    this.#release(session);
    session.connection = connection;
    connection?.sessions.add(session);
    if (connection) this.#writeWaiting(session);
  }

  #endSession(event: SessionEndEvent): void {
    const session = this.#session(event.session);
    this.#giveUpWaiting(session);
    this.#sessionWriter.writeHeld(session);
    this.#sessionWriter.writeTail(session, event);
    this.#sessions.delete(session.id);
    session.isOver = true;
    const flow = session.openFlow;
    if (flow && flow.origin.connection === undefined) {
      this.#flows.close(flow, closedLocally(event.ktimeNs));
    }
    this.#release(session);
  }

  /** What the program can still read comes before the end. */
  #close(event: CloseEvent): void {
    const connection = this.#connections.get(event.connection);
    if (connection === undefined) return;
    connection.closing ??= event;
    if (connection.sessions.size === 0) {
      this.#forget(connection);
    } else if (!event.readable) {
      for (const session of connection.sessions) this.#sessionWriter.writeHeld(session);
      this.#finish(connection);
    }
  }

  /** Takes a session from its connection, which may have waited for that. */
  #release(session: Session): void {
    const { connection } = session;
    if (connection === undefined) return;
    connection.sessions.delete(session);
    if (connection.closing && connection.sessions.size === 0) this.#forget(connection);
  }

  #forget(connection: Connection): void {
    this.#finish(connection);
    this.#connections.delete(connection);
  }

  #finish({ flow, closing }: Connection): void {
    if (flow && closing) this.#flows.close(flow, closing);
  }
}
