import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * Opens a pipe or FIFO for writing, without blocking and with flags of our own: whoever shares its
 * other descriptors sees nothing of it. Undefined if nobody reads it, or it is no pipe (any more).
 *
 * @throws the failed open's error
 */
export function openPipe(path: string): Socket | undefined {
  const fd = openPipeDescriptor(path);
  return fd === undefined ? undefined : new Socket({ fd, readable: false, writable: true });
}

/** Whether somebody has the FIFO open for reading. */
export function hasReader(path: string): boolean {
  const fd = openPipeDescriptor(path);
  if (fd === undefined) return false;
  closeSync(fd);
  return true;
}

/** open(2), ENXIO: the file is a FIFO, and no process has it open for reading. */
const NOBODY = new Set(['ENXIO', 'ENOENT']);

function openPipeDescriptor(path: string): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (NOBODY.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  return undefined;
}
