import type { Event, StatisticsEvent } from '../event.ts';
import type { LiveState } from '../live-state.ts';
import type { ChunkOutput } from '../sink/chunk-output.ts';
import type { Shortfall } from '../summary.ts';
import { createEventWriter, type EventFormat, type EventWriter } from './event-writer.ts';

/** A capture up to now. */
export interface CaptureSoFar {
  readonly state: LiveState;
  /** Its totals. */
  readonly totals: () => StatisticsEvent;
}

/**
 * Writes the part of a capture that begins now, complete in itself: what is live is told first, and
 * its totals are its own.
 */
export class PartWriter implements EventWriter {
  readonly #writer: EventWriter;
  readonly #state: LiveState;
  readonly #before: StatisticsEvent;
  readonly #missed = { reason: 'slow-reader', calls: 0, bytes: 0 };

  constructor(format: EventFormat, output: ChunkOutput, { state, totals }: CaptureSoFar) {
    this.#state = state;
    this.#before = totals();
    this.#writer = createEventWriter(format, output, state.isEmpty ? 0 : this.#before.ktimeNs);
    state.tell(this.#writer.handle);
  }

  readonly handle = (event: Event): void => {
    this.#tellForgotten(event);
    this.#writer.handle(event.kind === 'statistics' ? this.#totals(event) : event);
  };

  readonly miss = (event: Event): void => {
    this.#tellForgotten(event);
    if (event.kind === 'data') {
      this.#missed.calls++;
      this.#missed.bytes += event.capturedLength;
    }
    this.#writer.miss(event.kind === 'statistics' ? this.#totals(event) : event);
  };

  /** Bytes that were missed so far. */
  get missedBytes(): number {
    return this.#missed.bytes;
  }

  end(): Shortfall | undefined {
    return this.#writer.end();
  }

  /** What the part may not know, as it was forgotten when it began. */
  #tellForgotten(event: Event): void {
    for (const earlier of this.#state.untold(event)) this.#writer.handle(earlier);
  }

  /** Of this part, at a moment at which the whole capture has these. */
  #totals(whole: StatisticsEvent): StatisticsEvent {
    const before = this.#before;
    const lost = whole.lost.map(({ reason, calls, bytes }) => {
      const earlier = before.lost.find((each) => each.reason === reason);
      return {
        reason,
        calls: calls - (earlier?.calls ?? 0),
        bytes: bytes - (earlier?.bytes ?? 0),
      };
    });
    if (this.#missed.calls > 0) lost.push(this.#missed);
    return {
      kind: 'statistics',
      ktimeNs: whole.ktimeNs,
      calls: whole.calls - before.calls,
      bytes: whole.bytes - before.bytes,
      lost,
      contradictions: whole.contradictions - before.contradictions,
    };
  }
}
