import type { TextOutput } from './text-output.ts';

/** How the bytes of a call are shown, piece by piece. */
export interface PayloadForm {
  /** Begins on a new line, with the byte at this offset of its call. */
  begin(callOffset: number): void;
  /** Shows `bytes[start]` to `bytes[end - 1]`; may keep a few bytes back until it knows the next. */
  write(output: TextOutput, bytes: Uint8Array, start: number, end: number): void;
  /** Shows what it kept back, and ends its line. */
  end(output: TextOutput): void;
}
