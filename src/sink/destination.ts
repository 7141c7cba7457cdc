import { type Stats, statSync } from 'node:fs';
import { DestinationError, destinationError } from './destination-error.ts';
import type { Boundary } from './file-sink.ts';
import { openFile } from './open-file.ts';
import type { Sink } from './sink.ts';
import { stdoutSink } from './stream-sink.ts';

/** What `-w DEST` names. Standard output gets pcapng. */
export type Destination = { kind: 'stdout' } | { kind: 'pcapng' | 'recording'; path: string };

/**
 * Reads a DEST: `-` is standard output, `*.cbor` a recording, any other path a pcapng file. Looks
 * at what the path is now, and leaves it alone: a start that fails later has spoiled no file.
 *
 * @throws DestinationError for what cannot be written as a file or a pipe is
 */
export function parseDestination(text: string): Destination {
  if (text === '-') return { kind: 'stdout' };
  refuseOddities(text);
  return { kind: text.endsWith('.cbor') ? 'recording' : 'pcapng', path: text };
}

/**
 * Opens the destination; a file is emptied now.
 *
 * Rejects with a DestinationError.
 *
 * @param boundary of the format that will be written
 */
export async function openDestination(destination: Destination, boundary: Boundary): Promise<Sink> {
  return destination.kind === 'stdout' ? stdoutSink() : openFile(destination.path, boundary);
}

function refuseOddities(path: string): void {
  const stats = statOf(path);
  if (stats === undefined || stats.isFile() || stats.isFIFO() || stats.isCharacterDevice()) return;
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
