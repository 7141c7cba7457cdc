import { type Stats, statSync } from 'node:fs';
import { DestinationError, destinationError } from './destination-error.ts';
import { type Destination, parseDestinationName } from './destination-name.ts';
import type { Boundary } from './file-sink.ts';
import { openFile } from './open-file.ts';
import type { Sink } from './sink.ts';
import { stdoutSink } from './stream-sink.ts';

/**
 * Reads a DEST as parseDestinationName does, and looks at what its path is now. Leaves it alone: a
 * start that fails later has spoiled no file.
 *
 * @throws DestinationError for what cannot be written as a file or a pipe is
 */
export function parseDestination(text: string): Destination {
  const destination = parseDestinationName(text);
  if (destination.path !== undefined) pathKind(destination.path);
  return destination;
}

/**
 * Opens the destination; a file is emptied now.
 *
 * Rejects with a DestinationError.
 *
 * @param boundary of the format that will be written
 */
export async function openDestination({ path }: Destination, boundary: Boundary): Promise<Sink> {
  return path === undefined ? stdoutSink() : openFile(path, boundary);
}

/**
 * What a path is now, or will be: `device` is one of characters.
 *
 * @throws DestinationError for what cannot be written as a file or a pipe is
 */
export function pathKind(path: string): 'file' | 'fifo' | 'device' {
  const stats = statOf(path);
  if (stats === undefined || stats.isFile()) return 'file';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'device';
  const what = stats.isDirectory() ? 'a directory' : 'a block device or a socket';
  throw new DestinationError(`${path}: is ${what}; name a file or a FIFO`);
}

/** Undefined for a path that does not exist. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw destinationError(path, error);
  }
}
