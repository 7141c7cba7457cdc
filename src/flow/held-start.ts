import type { DataEvent, Direction } from '../event.ts';
import { type Start, sniffStart } from '../http-sniff/sniff-start.ts';

/** How a session begins: what the first bytes that tell anything are, and which way they went. */
export interface SessionStart {
  readonly bytes: Start;
  readonly direction: Direction;
}

/** The first events of a session while their bytes are too few to tell what it begins with. */
export class HeldStart {
  readonly #events: DataEvent[] = [];

  /** Copies of what was held, in order. */
  get events(): readonly DataEvent[] {
    return this.#events;
  }

  /** What the session begins with, as this event and what is held of its direction tell. */
  sniff(event: DataEvent): Start | 'incomplete' {
    const held = this.#events.filter(({ direction }) => direction === event.direction);
    return sniffStart(Buffer.concat([...held, event].map(capturedBytes)));
  }

  hold(event: DataEvent): void {
    const payload = Uint8Array.from(capturedBytes(event));
    this.#events.push({ ...event, payload, payloadStart: 0 });
  }
}

function capturedBytes({ payload, payloadStart, capturedLength }: DataEvent): Uint8Array {
  return payload.subarray(payloadStart, payloadStart + capturedLength);
}
