import { parseDestination } from '../sink/destination.ts';
import { type ReplayOptions, replay } from './replay.ts';

/** As `replay` says. */
export function exportRecording(
  recording: string,
  destinations: readonly string[],
  options: Pick<ReplayOptions, 'loudness' | 'form'>,
): Promise<number> {
  return replay(recording, destinations.map(parseDestination), { done: 'exported', ...options });
}
