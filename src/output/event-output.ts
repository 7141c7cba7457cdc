import type { EventHandler } from '../event.ts';
import type { Shortfall } from '../summary.ts';

/** Where events go: a file, a series of files, or readers. */
export interface EventOutput {
  readonly handle: EventHandler;
  /** Resolves when it takes no events any more, and not before; `end()` tells why. */
  readonly stopped: Promise<unknown>;
  /** Files or readers of it may begin while the capture runs. */
  readonly beginsLate: boolean;
  /** Sends on what is there, for those who watch a capture that is idle. */
  flush(): void;
  /** Resolves when it is not behind any more; undefined if it is not, or never holds anyone up. */
  drained(): Promise<unknown> | undefined;
  /**
   * Writes what can be told at the end only, and completes it. Once, after the last event. Resolves
   * to what it does not hold, as far as it can tell.
   *
   * Rejects with its first error. A reader that went away is none.
   */
  end(): Promise<Shortfall | undefined>;
}
