import { parseDestination } from '../sink/destination.ts';
import { UsageError } from '../user-error.ts';
import { type ReplayOptions, replay } from './replay.ts';

/** As `replay` says. */
export function exportRecording(
  recording: string,
  destinations: readonly string[],
  options: Pick<ReplayOptions, 'loudness' | 'form'>,
): Promise<number> {
  const parsed = destinations.map(parseDestination);
  const [tcp] = destinations.filter((_, index) => parsed[index]?.tcp);
  if (tcp !== undefined) throw new UsageError(`-w ${tcp} is for a capture; name a file or a FIFO`);
  return replay(recording, parsed, { done: 'exported', ...options });
}
