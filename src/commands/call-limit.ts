import type { Event } from '../event.ts';

/** Knows when so many calls that moved data have been captured to their ends. */
export class CallLimit {
  #left: number;

  constructor(calls: number) {
    this.#left = calls;
  }

  /** Nothing is wanted any more, but the capture's totals. */
  get reached(): boolean {
    return this.#left === 0;
  }

  count(event: Event): void {
    if (event.kind !== 'data') return;
    if (event.callOffset + event.capturedLength === event.originalLength) this.#left--;
  }
}
