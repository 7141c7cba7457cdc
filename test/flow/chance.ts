/** The same numbers in each run (a linear congruential generator), below 1. */
export class Chance {
  #state = 4711;

  next(): number {
    this.#state = (this.#state * 1_103_515_245 + 12_345) % 2 ** 31;
    return this.#state / 2 ** 31;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  oneOf<T>(...values: T[]): T {
    return values[this.below(values.length)] as T;
  }
}
