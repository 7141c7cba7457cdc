import { parseDestination } from '../sink/destination.ts';
import { replay } from './replay.ts';

/** As `replay` says. */
export function exportRecording(
  recording: string,
  destinations: readonly string[],
): Promise<number> {
  return replay(recording, destinations.map(parseDestination), 'exported');
}
