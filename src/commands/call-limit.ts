import type { Event } from '../event.ts';
import { cutBehind, type Snaplen } from '../snaplen.ts';

/** Knows when so many calls that moved data have been captured to their ends. */
export class CallLimit {
  #left: number;
  readonly #snaplen: Snaplen;

  /** @param snaplen where calls end that are cut off */
  constructor(calls: number, snaplen: Snaplen) {
    this.#left = calls;
    this.#snaplen = snaplen;
  }

  /** Nothing is wanted any more, but the capture's totals. */
  get reached(): boolean {
    return this.#left === 0;
  }

  count(event: Event): void {
    if (event.kind !== 'data') return;
    const end = event.callOffset + event.capturedLength + cutBehind(event, this.#snaplen);
    if (end === event.originalLength) this.#left--;
  }
}
