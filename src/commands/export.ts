import { parseDestination } from '../sink/destination.ts';
import type { Loudness } from '../terminal/voice.ts';
import { replay } from './replay.ts';

/** As `replay` says. */
export function exportRecording(
  recording: string,
  destinations: readonly string[],
  loudness: Loudness,
): Promise<number> {
  return replay(recording, destinations.map(parseDestination), { done: 'exported', loudness });
}
