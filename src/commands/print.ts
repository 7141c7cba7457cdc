import type { Loudness } from '../terminal/voice.ts';
import type { TextStyle } from '../text/text-style.ts';
import { replay } from './replay.ts';

/** Shows a recording as text on stdout. As `replay` says. */
export function print(recording: string, style: TextStyle, loudness: Loudness): Promise<number> {
  const stdout = { format: 'text', path: undefined } as const;
  return replay(recording, [stdout], { done: 'printed', loudness, style });
}
