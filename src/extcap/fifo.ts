import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorText, UserError } from '../user-error.ts';

const RETRY_MS = 20;

/**
 * Opens a FIFO for writing when it has a reader.
 *
 * @returns its descriptor; undefined if the signal came first
 * @throws UserError for what is no FIFO, or cannot be opened
 */
export async function openFifo(path: string, signal: AbortSignal): Promise<number | undefined> {
  while (!signal.aborted) {
    const descriptor = openIfRead(path);
    if (descriptor !== undefined) return descriptor;
    await delay(RETRY_MS);
  }
  return undefined;
}

/** Undefined if nobody has it open for reading. */
function openIfRead(path: string): number | undefined {
  let probe: number;
  try {
    probe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined;
    throw new UserError(`--fifo ${path}: ${systemErrorText(error)}`, { cause: error });
  }
  try {
    if (!fstatSync(probe).isFIFO()) throw new UserError(`--fifo ${path}: is no FIFO`);
    // This one blocks when the FIFO is full, as writers expect it.
    return openSync(path, constants.O_WRONLY);
  } finally {
    closeSync(probe);
  }
}
