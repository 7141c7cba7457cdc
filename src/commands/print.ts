import type { TextStyle } from '../text/text-style.ts';
import { replay } from './replay.ts';

/** Shows a recording as text on stdout. As `replay` says. */
export function print(recording: string, style: TextStyle): Promise<number> {
  return replay(recording, [{ format: 'text', path: undefined }], 'printed', style);
}
