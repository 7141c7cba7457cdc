import { type Idle, IdleOrder } from './idle-order.ts';

export interface IdleEntry<T> extends Idle<T> {
  readonly id: number;
}

/** Entries by id; of those above a limit, it tells which is idle longest. */
export class IdleTable<T extends IdleEntry<T>> {
  readonly #byId = new Map<number, T>();
  readonly #order = new IdleOrder<T>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Replaces one of the same id. */
  add(entry: T): void {
    const earlier = this.#byId.get(entry.id);
    if (earlier) this.#order.delete(earlier);
    this.#byId.set(entry.id, entry);
    this.#order.use(entry);
  }

  get(id: number): T | undefined {
    return this.#byId.get(id);
  }

  /** Notes that something happens in it. */
  use(entry: T): void {
    this.#order.use(entry);
  }

  delete(entry: T): void {
    this.#byId.delete(entry.id);
    this.#order.delete(entry);
  }

  /** The one that is idle longest, if they are too many. */
  get surplus(): T | undefined {
    return this.#order.size > this.#limit ? this.#order.first : undefined;
  }

  values(): Iterable<T> {
    return this.#byId.values();
  }
}
