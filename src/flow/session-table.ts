import { IdleOrder } from './idle-order.ts';
import type { Session } from './session.ts';

/** The sessions that did not end yet. */
export class SessionTable {
  readonly #byId = new Map<number, Session>();
  readonly #order = new IdleOrder<Session>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(session: Session): void {
    this.#byId.set(session.id, session);
    this.#order.use(session);
  }

  get(id: number): Session | undefined {
    return this.#byId.get(id);
  }

  /** Notes that something happens in it. */
  use(session: Session): void {
    this.#order.use(session);
  }

  delete(session: Session): void {
    this.#byId.delete(session.id);
    this.#order.delete(session);
  }

  /** The one that is idle longest, if they are too many. */
  get surplus(): Session | undefined {
    return this.#order.size > this.#limit ? this.#order.first : undefined;
  }

  values(): Iterable<Session> {
    return this.#byId.values();
  }
}
