import { write } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const writeAsync = promisify(write);

/** EAGAIN: a pipe is full and another program made it non-blocking. EINTR: a signal came. */
const PASSING_ERRORS = new Set(['EAGAIN', 'EINTR']);
const RETRY_MS = 5;

/**
 * One write(2) of what `bytes` holds from `offset`, off the event loop: a reader that stalls holds
 * up neither timers nor signals.
 *
 * @param position in the file, or null for a descriptor that has none: a pipe, a terminal
 * @returns how many bytes were written; maybe not all
 */
export async function writeSome(
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  position: number | null,
): Promise<number> {
  for (;;) {
    try {
      const length = bytes.length - offset;
      return (await writeAsync(descriptor, bytes, offset, length, position)).bytesWritten;
    } catch (error) {
      if (!PASSING_ERRORS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}
