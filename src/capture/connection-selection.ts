import type {
  ConnectionEvent,
  DataEvent,
  Event,
  EventHandler,
  HandshakeEvent,
  HandshakeFailureEvent,
  ProcessEvent,
  SessionEvent,
} from '../event.ts';
import { copyDataEvent } from '../flow/captured-bytes.ts';

/** As the kernel tells it, which looks at --port and --host. */
export type JudgedConnectionEvent = ConnectionEvent & { readonly excluded?: true };

/** What nobody knows whether it was asked for. */
export interface LeftOut {
  sessions: number;
  /** Of plaintext. */
  bytes: number;
}

/** What waits for a session's connection, at most; what comes then is left out. */
const MAX_WAITING_BYTES = { session: 256 * 1024, all: 64 * 1024 * 1024 };

type Waiting = SessionEvent | HandshakeEvent | HandshakeFailureEvent | DataEvent;

/** A session whose connection is not known yet. */
interface UndecidedSession {
  readonly events: Waiting[];
  waitingBytes: number;
  leftOutBytes: number;
}

/**
 * Lets through what belongs to the connections that were asked for. The data of a session waits
 * until its connection is known; so nothing of others reaches a file. A process is told when
 * something of it is.
 */
export class ConnectionSelection {
  /** Of sessions that ended before their connection was known, and of what could not wait. */
  readonly leftOut: LeftOut = { sessions: 0, bytes: 0 };
  readonly #next: EventHandler;
  readonly #excluded = new Set<number>();
  /** Not told yet. */
  readonly #processes = new Map<number, ProcessEvent>();
  readonly #undecided = new Map<number, UndecidedSession>();
  readonly #selected = new Set<number>();
  #waitingBytes = 0;

  constructor(next: EventHandler) {
    this.#next = next;
  }

  readonly handle = (event: Event): void => {
    switch (event.kind) {
      case 'data':
      case 'handshake':
      case 'handshake-failure':
        if (this.#selected.has(event.session)) this.#next(event);
        else this.#hold(event);
        break;
      case 'process':
        this.#processes.set(event.pid, event);
        break;
      case 'connection':
        if ((event as JudgedConnectionEvent).excluded) this.#excluded.add(event.connection);
        else this.#next(event);
        break;
      case 'session':
        this.#judge(event);
        break;
      case 'session-end':
        this.#forget(event.session);
        if (this.#selected.delete(event.session)) this.#next(event);
        break;
      case 'close':
        if (!this.#excluded.delete(event.connection)) this.#next(event);
        break;
      default:
        this.#next(event);
    }
  };

  /** Gives up those whose connection is still not known. Called once, after the last event. */
  end(): void {
    for (const session of [...this.#undecided.keys()]) this.#forget(session);
  }

  #judge(event: SessionEvent): void {
    if (event.connection === 0) {
      if (this.#selected.has(event.session)) this.#next(event);
      else this.#undecidedSession(event.session).events.push(event);
    } else if (this.#excluded.has(event.connection)) {
      this.#exclude(event);
    } else {
      this.#select(event);
    }
  }

  /** It may have been selected by evidence that is outweighed now. */
  #exclude(event: SessionEvent): void {
    this.#release(event.session);
    if (this.#selected.has(event.session)) this.#next({ ...event, connection: 0 });
  }

  #select(event: SessionEvent): void {
    const process = this.#processes.get(event.pid);
    if (process) this.#next(process);
    this.#processes.delete(event.pid);
    const { events = [], leftOutBytes = 0 } = this.#release(event.session) ?? {};
    this.leftOut.bytes += leftOutBytes;
    for (const waiting of events) this.#next(waiting);
    this.#selected.add(event.session);
    this.#next(event);
  }

  #hold(event: HandshakeEvent | HandshakeFailureEvent | DataEvent): void {
    const session = this.#undecided.get(event.session);
    if (!session) return; // Its connection is excluded.
    if (event.kind !== 'data') {
      session.events.push(event);
      return;
    }
    const bytes = event.capturedLength;
    const isFull =
      session.leftOutBytes > 0 ||
      session.waitingBytes + bytes > MAX_WAITING_BYTES.session ||
      this.#waitingBytes + bytes > MAX_WAITING_BYTES.all;
    if (isFull) {
      session.leftOutBytes += bytes;
      return;
    }
    session.events.push(copyDataEvent(event));
    session.waitingBytes += bytes;
    this.#waitingBytes += bytes;
  }

  #undecidedSession(id: number): UndecidedSession {
    let session = this.#undecided.get(id);
    if (!session) {
      session = { events: [], waitingBytes: 0, leftOutBytes: 0 };
      this.#undecided.set(id, session);
    }
    return session;
  }

  /** The session waits no more. */
  #release(id: number): UndecidedSession | undefined {
    const session = this.#undecided.get(id);
    if (!session) return undefined;
    this.#undecided.delete(id);
    this.#waitingBytes -= session.waitingBytes;
    return session;
  }

  /** It ended, and nobody knows of which connection it was. */
  #forget(id: number): void {
    const session = this.#release(id);
    if (!session) return;
    this.leftOut.sessions++;
    this.leftOut.bytes += session.waitingBytes + session.leftOutBytes;
  }
}
