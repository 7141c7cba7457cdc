import type { Event, StatisticsEvent } from './event.ts';
import type { Summary } from './flow/summary.ts';

/** Counts the events that go by, for the line that a command ends with. */
export class Tally {
  #events = 0;
  #connections = 0;
  #bytes = 0;
  #statistics: StatisticsEvent | undefined;

  readonly handle = (event: Event): void => {
    this.#events++;
    if (event.kind === 'data') this.#bytes += event.capturedLength;
    else if (event.kind === 'connection') this.#connections++;
    else if (event.kind === 'statistics') this.#statistics = event;
  };

  /**
   * `12 events, 3 connections, 4567 bytes; 0 bytes lost`. What the capture counted as lost is the
   * truth; gaps in a file, its `summary`, are all that is known of a recording without its end.
   */
  line(summary?: Summary): string {
    const losses = this.#statistics?.lost ?? [];
    const counted = losses.reduce((sum, { bytes }) => sum + bytes, 0);
    const { atStart, between, atEnd } = summary?.lostBytes ?? NOTHING_LOST;
    const lost = Math.max(counted, atStart + between + atEnd);
    const reasons = losses
      .filter(({ calls }) => calls > 0)
      .map(
        ({ reason, calls, bytes }) =>
          `${reason}: ${count(bytes, 'byte')} of ${count(calls, 'call')}`,
      );
    return (
      `${count(this.#events, 'event')}, ${count(this.#connections, 'connection')}, ` +
      `${count(this.#bytes, 'byte')}; ${count(lost, 'byte')} lost` +
      (reasons.length > 0 ? ` (${reasons.join(', ')})` : '')
    );
  }
}

const NOTHING_LOST: Summary['lostBytes'] = { atStart: 0, between: 0, atEnd: 0 };

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
