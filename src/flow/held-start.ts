import type { DataEvent, Direction } from '../event.ts';
import { findStart, type Start, sniffStart } from '../http-sniff/sniff-start.ts';
import { capturedBytes, copyDataEvent } from './captured-bytes.ts';

/** What a session begins with, and which way that went. */
export interface SessionStart {
  readonly bytes: Start;
  readonly direction: Direction;
}

/** If neither these bytes nor the other direction tell it, the protocol is not known here. */
const MAX_HELD_BYTES = 64 * 1024;
const MAX_HELD_EVENTS = 16;

/**
 * The first events of a session, while they do not tell what it begins with: their bytes are too
 * few, or they may be from the middle of a message.
 */
export class HeldStart {
  /** Copies, in order. */
  readonly events: DataEvent[] = [];
  #bytes = 0;

  /**
   * What the session begins with, as this event and what is held of its direction tell; undefined
   * if later ones may tell it better.
   *
   * @param isLate whether the session may be in the middle of a message.
   */
  sniff(event: DataEvent, isLate: boolean): Start | undefined {
    const earlier = this.events.filter(({ direction }) => direction === event.direction);
    const parts = [...earlier, event].map(capturedBytes);
    const bytes = parts.length === 1 ? capturedBytes(event) : Buffer.concat(parts);
    const start = sniffStart(bytes);
    if (start === 'incomplete') return undefined;
    if (start !== 'other' || !isLate) return start;
    const isLast = earlier.length < this.events.length || this.#isFull(event);
    return sniffLater(bytes) ?? (isLast ? 'other' : undefined);
  }

  hold(event: DataEvent): void {
    this.events.push(copyDataEvent(event));
    this.#bytes += event.capturedLength;
  }

  #isFull({ capturedLength }: DataEvent): boolean {
    return this.#bytes + capturedLength > MAX_HELD_BYTES || this.events.length === MAX_HELD_EVENTS;
  }
}

/** The first message or frame that begins in the middle of the bytes. */
function sniffLater(bytes: Uint8Array): Start | undefined {
  for (const version of ['h2', 'http/1.1'] as const) {
    const at = findStart(bytes, version);
    const start = at < 0 ? 'incomplete' : sniffStart(bytes.subarray(at));
    if (start !== 'incomplete') return start;
  }
  return undefined;
}
