import type {
  CloseEvent,
  ConnectionEvent,
  DataEvent,
  Event,
  EventHandler,
  HandshakeEvent,
  ProcessEvent,
  SessionEvent,
} from './event.ts';
import { cutBehind, type Snaplen } from './snaplen.ts';

interface LiveSession {
  /** The last that was told of it. */
  event: SessionEvent;
  handshake: HandshakeEvent | undefined;
  /** Behind the last data. */
  readPosition: number;
  writePosition: number;
}

interface LiveConnection {
  readonly event: ConnectionEvent;
  /** Sessions that it carries. */
  sessions: number;
  /** Its sessions may still read what arrived before. */
  closing: CloseEvent | undefined;
}

/**
 * What is live, for files and readers that begin in the middle of a capture: `tell` gives the events
 * that they must know, after which all that come are good for them. Remembers what is live, and the
 * processes, but no data.
 */
export class LiveState {
  readonly #snaplen: Snaplen;
  readonly #processes = new Map<number, ProcessEvent>();
  readonly #connections = new Map<number, LiveConnection>();
  readonly #sessions = new Map<number, LiveSession>();

  constructor(snaplen?: Snaplen) {
    this.#snaplen = snaplen;
  }

  /** Takes in what the event tells. */
  readonly handle: EventHandler = (event: Event) => {
    switch (event.kind) {
      case 'data':
        return this.#advance(event);
      case 'process':
        this.#processes.set(event.pid, event);
        return;
      case 'connection':
        this.#connections.set(event.connection, { event, sessions: 0, closing: undefined });
        return;
      case 'session':
        return this.#bind(event);
      case 'handshake': {
        const session = this.#sessions.get(event.session);
        if (session) session.handshake = event;
        return;
      }
      case 'session-end': {
        const session = this.#sessions.get(event.session);
        this.#sessions.delete(event.session);
        if (session) this.#release(session.event.connection);
        return;
      }
      case 'close': {
        const connection = this.#connections.get(event.connection);
        if (connection?.sessions === 0) this.#connections.delete(event.connection);
        else if (connection) connection.closing ??= event;
      }
    }
  };

  /** Nothing was told yet: the capture has just begun. */
  get isEmpty(): boolean {
    return this.#processes.size === 0;
  }

  /** Tells what is live now, as if it was told from the capture's start on without any data. */
  tell(handle: EventHandler): void {
    for (const event of this.#processes.values()) handle(event);
    for (const { event } of this.#connections.values()) handle(event);
    for (const { event, handshake, readPosition, writePosition } of this.#sessions.values()) {
      const isUntouched = readPosition + writePosition === 0;
      handle(isUntouched ? event : { ...event, readPosition, writePosition });
      if (handshake) handle(handshake);
    }
    for (const { closing } of this.#connections.values()) if (closing) handle(closing);
  }

  #advance(event: DataEvent): void {
    const session = this.#sessions.get(event.session);
    if (session === undefined) return;
    const { direction, position, capturedLength } = event;
    const end = position + capturedLength + cutBehind(event, this.#snaplen);
    if (direction === 'read') session.readPosition = Math.max(session.readPosition, end);
    else session.writePosition = Math.max(session.writePosition, end);
  }

  #bind(event: SessionEvent): void {
    const { session: id, connection, readPosition = 0, writePosition = 0 } = event;
    const session = this.#sessions.get(id);
    if (session === undefined) {
      this.#sessions.set(id, { event, handshake: undefined, readPosition, writePosition });
    } else {
      const earlier = session.event.connection;
      session.event = event;
      if (earlier === connection) return;
      this.#release(earlier);
    }
    const carrier = this.#connections.get(connection);
    if (carrier) carrier.sessions++;
  }

  /** Takes a session from its connection, which may have waited for that. */
  #release(id: number): void {
    const connection = this.#connections.get(id);
    if (connection === undefined) return;
    connection.sessions--;
    if (connection.closing && connection.sessions === 0) this.#connections.delete(id);
  }
}
