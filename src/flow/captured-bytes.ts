import type { DataEvent } from '../event.ts';

/** The captured part of the event's payload, valid as long as the event. */
export function capturedBytes({ payload, payloadStart, capturedLength }: DataEvent): Uint8Array {
  return payload.subarray(payloadStart, payloadStart + capturedLength);
}

/** The event for as long as it is wanted: sources use theirs, and its payload, again. */
export function copyDataEvent(event: DataEvent): DataEvent {
  return { ...event, payload: Uint8Array.from(capturedBytes(event)), payloadStart: 0 };
}
