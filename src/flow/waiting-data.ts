import type { DataEvent } from '../event.ts';
import { copyDataEvent } from './captured-bytes.ts';
import type { Session } from './session.ts';

/**
 * How long data waits: for its connection to become known, as a program with memory BIOs reads a
 * request before it writes the answer whose ciphertext tells the socket; or for the other end of
 * its connection, which may be written instead.
 */
const MAX_WAIT_NS = 2_000_000_000;
/** Of a session, and of all. */
const MAX_WAITING_BYTES = { session: 256 * 1024, all: 64 * 1024 * 1024 };

interface Waiting {
  readonly sinceNs: number;
  /** Copies, in order. */
  readonly events: DataEvent[];
  bytes: number;
}

/** Data of sessions of which it may still become known where it goes. */
export class WaitingData {
  /** In the order in which they began to wait. */
  readonly #waiting = new Map<Session, Waiting>();
  #bytes = 0;

  /** How many sessions have data that waits. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Keeps a copy of the event. False if the session waited long enough already. */
  hold(session: Session, event: DataEvent): boolean {
    let waiting = this.#waiting.get(session);
    if (waiting === undefined) {
      waiting = { sinceNs: event.ktimeNs, events: [], bytes: 0 };
      this.#waiting.set(session, waiting);
    }
    waiting.bytes += event.capturedLength;
    this.#bytes += event.capturedLength;
    if (waiting.bytes > MAX_WAITING_BYTES.session) return false;
    waiting.events.push(copyDataEvent(event));
    return true;
  }

  /** The session's data, which waits no more. */
  release(session: Session): readonly DataEvent[] {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined) return [];
    this.#waiting.delete(session);
    this.#bytes -= waiting.bytes;
    return waiting.events;
  }

  /** The session that has waited longest, if that is too long at this time, or too much waits. */
  overdue(ktimeNs: number): Session | undefined {
    const [longest] = this.#waiting;
    if (longest === undefined) return undefined;
    const [session, { sinceNs }] = longest;
    const isOverdue = ktimeNs - sinceNs > MAX_WAIT_NS || this.#bytes > MAX_WAITING_BYTES.all;
    return isOverdue ? session : undefined;
  }

  sessions(): Session[] {
    return [...this.#waiting.keys()];
  }
}
