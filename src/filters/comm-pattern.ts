import type { NativeCommPattern } from '../native/addon.ts';
import { parseGlob } from './glob.ts';

/** TASK_COMM_LEN of the kernel, without the 0 at its end. */
export const COMM_MAX_BYTES = 15;

/** How many bytes a comm must have at least to match. */
export function leastCommBytes(pattern: string): number {
  return parseGlob(asBytes(pattern)).filter(({ kind }) => kind === 'one').length;
}

/**
 * A glob over a process's name as the kernel steps through it: in state i, the first i elements
 * that take a byte have taken theirs. Patterns that no name can match have no such form.
 */
export function compileCommPattern(pattern: string): NativeCommPattern {
  const accepts = new Uint32Array(256);
  let repeats = 0;
  let state = 0;
  for (const element of parseGlob(asBytes(pattern))) {
    if (element.kind === 'star') {
      repeats |= 1 << state;
      continue;
    }
    for (let byte = 1; byte < accepts.length; byte++) {
      if (element.takes(byte)) accepts[byte] = (accepts[byte] as number) | (1 << state);
    }
    state++;
  }
  return { accepts, repeats, end: 1 << state };
}

/** A character for each byte: the kernel knows no others. */
function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
