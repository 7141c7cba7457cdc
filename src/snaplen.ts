import type { CaptureHeader, DataEvent, LossCount } from './event.ts';

/** The part of each call that was asked for, in bytes from its begin. */
export type Snaplen = CaptureHeader['snaplen'];

/**
 * Bytes behind the event that are left out on purpose: the rest of its call, once `snaplen` of it
 * were captured.
 */
export function cutBehind(event: DataEvent, snaplen: Snaplen): number {
  const { callOffset, capturedLength, originalLength } = event;
  const end = callOffset + capturedLength;
  return end === snaplen ? originalLength - end : 0;
}

/** Whether these bytes are left out on purpose, and not lost. */
export function isCut({ reason }: LossCount): boolean {
  return reason === 'snaplen';
}
