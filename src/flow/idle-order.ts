/** What an IdleOrder has its entries keep for it; nobody else uses it. */
export interface IdlePlace<T> {
  earlier: T | undefined;
  later: T | undefined;
}

/** An entry of one IdleOrder at most. */
export interface Idle<T> {
  readonly place: IdlePlace<T>;
}

export function noPlace<T>(): IdlePlace<T> {
  return { earlier: undefined, later: undefined };
}

/**
 * Entries in the order of their last use, that which is idle longest first. To use one again costs
 * a few assignments, as that is done for every event.
 */
export class IdleOrder<T extends Idle<T>> {
  #first: T | undefined;
  #last: T | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that is idle longest. */
  get first(): T | undefined {
    return this.#first;
  }

  /** Puts an entry, which may be new, behind all others. */
  use(entry: T): void {
    if (entry === this.#last) return;
    this.delete(entry);
    entry.place.earlier = this.#last;
    if (this.#last) this.#last.place.later = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#size++;
  }

  /** Takes an entry out, if it is in. */
  delete(entry: T): void {
    const { earlier, later } = entry.place;
    if (earlier === undefined && entry !== this.#first) return;
    if (earlier) earlier.place.later = later;
    else this.#first = later;
    if (later) later.place.earlier = earlier;
    else this.#last = earlier;
    entry.place.earlier = undefined;
    entry.place.later = undefined;
    this.#size--;
  }
}
