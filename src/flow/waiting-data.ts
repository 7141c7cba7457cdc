import type { DataEvent } from '../event.ts';
import { copyDataEvent } from './captured-bytes.ts';
import type { Session } from './session.ts';

/**
 * How long data waits for its connection to become known: a program with memory BIOs reads a
 * request before it writes the answer whose ciphertext tells the socket.
 */
const MAX_WAIT_NS = 2_000_000_000;
/** Per session. */
const MAX_WAITING_BYTES = 256 * 1024;

interface Waiting {
  readonly sinceNs: number;
  /** Copies, in order. */
  readonly events: DataEvent[];
  bytes: number;
}

/** Data of sessions whose connection may still become known. */
export class UnboundData {
  /** In the order in which they began to wait. */
  readonly #waiting = new Map<Session, Waiting>();

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
    if (waiting.bytes > MAX_WAITING_BYTES) return false;
    waiting.events.push(copyDataEvent(event));
    return true;
  }

  /** The session's data, which waits no more. */
  release(session: Session): readonly DataEvent[] {
    const events = this.#waiting.get(session)?.events ?? [];
    this.#waiting.delete(session);
    return events;
  }

  /** The session that has waited longest, if that is too long at this time. */
  overdue(ktimeNs: number): Session | undefined {
    const [longest] = this.#waiting;
    if (longest === undefined) return undefined;
    const [session, { sinceNs }] = longest;
    return ktimeNs - sinceNs > MAX_WAIT_NS ? session : undefined;
  }

  sessions(): Session[] {
    return [...this.#waiting.keys()];
  }
}
