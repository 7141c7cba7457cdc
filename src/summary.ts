import type { Event, LossCount, StatisticsEvent } from './event.ts';
import type { Summary } from './flow/summary.ts';
import { isCut } from './snaplen.ts';
import { byteCount } from './text/byte-count.ts';
import { safeName } from './text/safe-name.ts';

/** What a destination does not hold. */
export interface Shortfall extends Pick<Summary, 'lostBytes' | 'leftOutBytes'> {
  /** Bytes that readers did not take in time. */
  missedBytes?: number;
  /** Readers that were given up at the end, as they took nothing. */
  unfinishedReaders?: number;
}

export const NO_SHORTFALL: Required<Shortfall> = {
  lostBytes: { atStart: 0, between: 0, atEnd: 0 },
  leftOutBytes: 0,
  missedBytes: 0,
  unfinishedReaders: 0,
};

/** Counts the events that go by, for the line that a command ends with, and for one meanwhile. */
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
   * `12 events, 3 connections, 4.6 kB; 0 bytes lost; file 5.1 kB`, for a capture that goes on.
   *
   * @param lostBytes so far
   * @param fileBytes size of the files; undefined if there are none
   */
  status(lostBytes: number, fileBytes?: number): string {
    return (
      `${counts(this.#events, 'event')}, ${counts(this.#connections, 'connection')}, ` +
      `${byteCount(this.#bytes)}; ${byteCount(lostBytes)} lost` +
      (fileBytes === undefined ? '' : `; file ${byteCount(fileBytes)}`)
    );
  }

  /**
   * `12 events, 3 connections, 4567 bytes; 0 bytes lost`, and what is left out on purpose. What the
   * capture counted as lost is the truth; gaps in a file are all that is known of a recording
   * without its end.
   */
  line(file: Shortfall = NO_SHORTFALL): string {
    const missing = this.#statistics?.lost ?? [];
    const losses = missing.filter((each) => !isCut(each));
    const cut = sumOf(missing.filter(isCut));
    const {
      lostBytes,
      leftOutBytes: leftOut,
      missedBytes: missed,
      unfinishedReaders,
    } = {
      ...NO_SHORTFALL,
      ...file,
    };
    const { atStart, between, atEnd } = lostBytes;
    const lost = Math.max(sumOf(losses), atStart + between + atEnd);
    return (
      `${counts(this.#events, 'event')}, ${counts(this.#connections, 'connection')}, ` +
      `${counts(this.#bytes, 'byte')}; ${counts(lost, 'byte')} lost${reasons(losses)}` +
      (leftOut > 0 ? `, ${counts(leftOut, 'byte')} left out` : '') +
      (cut > 0 ? `, ${counts(cut, 'byte')} cut off by --snaplen` : '') +
      (missed > 0 ? `, ${counts(missed, 'byte')} missed by slow readers` : '') +
      (unfinishedReaders > 0 ? `, ${counts(unfinishedReaders, 'reader')} without the end` : '')
    );
  }
}

function sumOf(losses: readonly LossCount[]): number {
  return losses.reduce((sum, { bytes }) => sum + bytes, 0);
}

function reasons(losses: readonly LossCount[]): string {
  const told = losses
    .filter(({ calls }) => calls > 0)
    .map(
      ({ reason, calls, bytes }) =>
        `${safeName(reason)}: ${counts(bytes, 'byte')} of ${counts(calls, 'call')}`,
    );
  return told.length > 0 ? ` (${told.join(', ')})` : '';
}

function counts(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Of two that hold different parts of a capture. */
export function addShortfalls(
  one: Required<Shortfall>,
  other: Shortfall = NO_SHORTFALL,
): Required<Shortfall> {
  const { lostBytes, leftOutBytes, missedBytes = 0, unfinishedReaders = 0 } = other;
  const { atStart, between, atEnd } = one.lostBytes;
  return {
    lostBytes: {
      atStart: atStart + lostBytes.atStart,
      between: between + lostBytes.between,
      atEnd: atEnd + lostBytes.atEnd,
    },
    leftOutBytes: one.leftOutBytes + leftOutBytes,
    missedBytes: one.missedBytes + missedBytes,
    unfinishedReaders: one.unfinishedReaders + unfinishedReaders,
  };
}
