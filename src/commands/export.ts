import type { FileForm } from '../flow/file-form.ts';
import { parseDestination } from '../sink/destination.ts';
import { replay } from './replay.ts';

/** As `replay` says. */
export function exportRecording(
  recording: string,
  destinations: readonly string[],
  form: FileForm,
): Promise<number> {
  return replay(recording, destinations.map(parseDestination), 'exported', undefined, form);
}
