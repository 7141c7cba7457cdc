import type {
  CloseEvent,
  ConnectionEvent,
  DataEvent,
  Event,
  EventHandler,
  HandshakeEvent,
  SessionEndEvent,
  SessionEvent,
} from '../event.ts';
import type { PcapngSection } from '../pcap-writer/index.ts';
import type { Snaplen } from '../snaplen.ts';
import type { SegmentWriter } from '../tcp/segment-writer.ts';
import type { Connection } from './connection.ts';
import { ConnectionTable } from './connection-table.ts';
import type { FileForm } from './file-form.ts';
import { closedLocally } from './flow.ts';
import type { FlowLimits } from './flow-limits.ts';
import { forgottenSession } from './forgotten-session.ts';
import { IdleTable } from './idle-table.ts';
import { InterfaceTable } from './interface-table.ts';
import { OpenFlows } from './open-flows.ts';
import { ProcessTable } from './process-table.ts';
import { Session } from './session.ts';
import { SessionWriter } from './session-writer.ts';
import type { Summary } from './summary.ts';
import { WaitingData } from './waiting-data.ts';

/**
 * From events to flows: which session's data goes into which stream of the file, and when streams
 * end. Remembers what is live, and the processes, but no more than its limits allow.
 */
export class FlowTable {
  readonly #processes: ProcessTable;
  readonly #interfaces: InterfaceTable;
  readonly #connections: ConnectionTable;
  /** Those that did not end yet. */
  readonly #sessions: IdleTable<Session>;
  readonly #waiting = new WaitingData();
  readonly #flows: OpenFlows;
  readonly #sessionWriter: SessionWriter;
  readonly #snaplen: Snaplen;
  #hasForgotten = false;
  readonly #summary: Summary = {
    connections: 0,
    unknownConnectionSessions: 0,
    bytes: { read: 0, write: 0 },
    lostBytes: { atStart: 0, between: 0, atEnd: 0 },
    leftOutBytes: 0,
    mirroredBytes: 0,
    statistics: undefined,
  };

  /**
   * @param snaplen of the captured calls
   * @param startNs when the file begins: 0 with the capture
   */
  constructor(
    section: PcapngSection,
    segmentWriter: SegmentWriter,
    form: FileForm,
    limits: FlowLimits,
    snaplen: Snaplen,
    startNs: number,
  ) {
    this.#snaplen = snaplen;
    this.#processes = new ProcessTable(limits.processes);
    this.#interfaces = new InterfaceTable(section, startNs);
    this.#connections = new ConnectionTable(form.side, limits.idleConnections);
    this.#sessions = new IdleTable(limits.sessions);
    this.#flows = new OpenFlows(segmentWriter, form, limits.openFlows, startNs);
    const tables = {
      processes: this.#processes,
      interfaces: this.#interfaces,
      connections: this.#connections,
      flows: this.#flows,
    };
    this.#sessionWriter = new SessionWriter(tables, form, this.#summary);
  }

  /** @throws Error for an event that names a process or session of which none told. */
  readonly handle: EventHandler = (event: Event) => {
    if (this.#waiting.size > 0) this.#giveUpOverdue(event.ktimeNs);
    switch (event.kind) {
      case 'data':
        return this.#write(this.#session(event), event);
      case 'process':
        return this.#processes.tell(event);
      case 'connection':
        return this.#addConnection(event);
      case 'session':
        return this.#bind(event);
      case 'handshake':
        this.#session(event).handshake = event;
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

  /** The same for a reader that has no room: what it misses is told where it is missing. */
  readonly miss: EventHandler = (event: Event) => {
    if (event.kind === 'data') this.#sessionWriter.miss(this.#session(event), event);
    else this.handle(event);
  };

  /** Ends what is known to be over; flows that are still open stay so. */
  end(): Summary {
    for (const session of this.#waiting.sessions()) this.#giveUpWaiting(session);
    for (const session of this.#sessions.values()) this.#sessionWriter.writeHeld(session);
    for (const connection of this.#connections.values()) this.#finish(connection);
    this.#interfaces.end(this.#summary.statistics);
    return this.#summary;
  }

  #write(session: Session, event: DataEvent): void {
    if (!session.waitsNoMore && this.#mayGoElsewhere(session)) {
      if (this.#waiting.hold(session, event)) return;
      this.#giveUpWaiting(session);
    }
    this.#sessionWriter.write(session, event);
  }

  /** Whether the session's connection, or the end of it that is to be written, may still come. */
  #mayGoElsewhere(session: Session): boolean {
    return session.connection === undefined || this.#connections.awaitsOtherEnd(session);
  }

  /** What waited is written as its connection is known now, or not. */
  #writeWaiting(session: Session): void {
    for (const event of this.#waiting.release(session)) this.#sessionWriter.write(session, event);
  }

  #writeWaitingOfPeer(connection: Connection): void {
    if (this.#waiting.size === 0) return;
    for (const other of this.#connections.sessionsOfPeer(connection)) this.#writeWaiting(other);
  }

  #giveUpOverdue(ktimeNs: number): void {
    let overdue = this.#waiting.overdue(ktimeNs);
    while (overdue) {
      this.#giveUpWaiting(overdue);
      overdue = this.#waiting.overdue(ktimeNs);
    }
  }

  #giveUpWaiting(session: Session): void {
    session.waitsNoMore = true;
    this.#writeWaiting(session);
  }

  /** The session of an event; a new one if it was forgotten. */
  #session(event: DataEvent | HandshakeEvent): Session {
    let session = this.#sessions.get(event.session);
    if (session === undefined) {
      this.#requireForgotten(event.session);
      session = forgottenSession(event, this.#processes.get(event.pid), this.#snaplen);
      this.#addSession(session, event.ktimeNs);
    }
    this.#sessions.use(session);
    return session;
  }

  #requireForgotten(session: number): void {
    if (!this.#hasForgotten) throw new Error(`no event told of session ${session}`);
  }

  #addSession(session: Session, ktimeNs: number): void {
    this.#sessions.add(session);
    const { surplus } = this.#sessions;
    if (surplus) this.#forgetSession(surplus, ktimeNs);
  }

  #addConnection(event: ConnectionEvent): void {
    this.#connections.add(event);
    const { surplus } = this.#connections;
    if (surplus) this.#forgetIdle(surplus, event.ktimeNs);
  }

  /** Begins a session, or moves it to another connection. */
  #bind(event: SessionEvent): void {
    let session = this.#sessions.get(event.session);
    if (session === undefined) {
      session = new Session(event, this.#processes.get(event.pid), this.#snaplen);
      this.#addSession(session, event.ktimeNs);
    }
    const connection = this.#connections.get(event.connection);
    if (connection === session.connection) return;
    const flow = session.openFlow;
    if (flow) this.#flows.close(flow, closedLocally(event.ktimeNs));
    session.flow = undefined;
    this.#release(session);
    if (connection === undefined) return;
    this.#connections.attach(session, connection);
    this.#writeWaitingOfPeer(connection);
    if (!this.#connections.awaitsOtherEnd(session)) this.#writeWaiting(session);
  }

  #endSession(event: SessionEndEvent): void {
    const session = this.#sessions.get(event.session);
    if (session === undefined) {
      this.#requireForgotten(event.session);
      return;
    }
    this.#giveUpWaiting(session);
    this.#sessionWriter.writeHeld(session);
    this.#sessionWriter.writeTail(session, event);
    this.#sessions.delete(session);
    session.isOver = true;
    const flow = session.openFlow;
    if (flow && flow.origin.connection === undefined) {
      this.#flows.close(flow, closedLocally(event.ktimeNs));
    }
    this.#release(session);
  }

  /** No end told of it, and it is idle longest. */
  #forgetSession(session: Session, ktimeNs: number): void {
    this.#hasForgotten = true;
    this.#giveUpWaiting(session);
    this.#sessionWriter.writeHeld(session);
    this.#sessions.delete(session);
    session.isOver = true;
    if (session.openFlow) this.#flows.closeIdle(session.openFlow, ktimeNs);
    this.#release(session);
  }

  /** What the program can still read comes before the end. */
  #close(event: CloseEvent): void {
    const connection = this.#connections.get(event.connection);
    if (connection === undefined) return;
    connection.closing ??= event;
    if (connection.sessions.length === 0) {
      this.#forget(connection);
    } else if (!event.readable) {
      for (const session of connection.sessions) {
        this.#writeWaiting(session);
        this.#sessionWriter.writeHeld(session);
      }
      this.#finish(connection);
    }
  }

  /** Takes a session from its connection, which may have waited for that. */
  #release(session: Session): void {
    const { connection } = session;
    if (connection === undefined) return;
    this.#connections.detach(session);
    if (connection.closing && connection.sessions.length === 0) this.#forget(connection);
  }

  /** No close told of it, and it is without a session longest. */
  #forgetIdle(connection: Connection, ktimeNs: number): void {
    if (connection.flow) this.#flows.closeIdle(connection.flow, ktimeNs);
    this.#delete(connection);
  }

  #forget(connection: Connection): void {
    this.#finish(connection);
    this.#delete(connection);
  }

  /** Who waited for its session waits no more. */
  #delete(connection: Connection): void {
    this.#writeWaitingOfPeer(connection);
    this.#connections.delete(connection);
  }

  #finish({ flow, closing }: Connection): void {
    if (flow && closing) this.#flows.close(flow, closing);
  }
}
