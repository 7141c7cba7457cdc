import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { loadUsableAddon } from '../native/addon.ts';
import { destinationError } from './destination-error.ts';
import { type Boundary, FileSink } from './file-sink.ts';
import type { Sink } from './sink.ts';
import { StreamSink } from './stream-sink.ts';

/** Plaintext is for its owner only. */
const MODE = 0o600;

/**
 * Opens a path for writing. A regular file is emptied, closed to others, and given to the user who
 * ran sudo; a FIFO (which waits for its reader) or a character device is left as it is.
 *
 * Rejects with a DestinationError; the file then holds what it held.
 *
 * @param boundary of the format that will be written
 */
export async function openFile(path: string, boundary: Boundary): Promise<Sink> {
  let file: FileHandle | undefined;
  try {
    file = await openForWriting(path);
    const stats = await file.stat();
    if (stats.isFile()) {
      await file.chmod(MODE);
      await giveToSudoUser(file);
      // An empty file that is cut is one that replaces another for ext4, and closing it would write
      // all of it to the disk (auto_da_alloc of ext4(5)).
      if (stats.size > 0) await file.truncate();
      return new FileSink(file, path, boundary, loadUsableAddon()?.writeUncached);
    }
    const stream = file;
    return new StreamSink(stream.fd, path, () => stream.close());
  } catch (error) {
    await file?.close();
    throw destinationError(path, error);
  }
}

/**
 * O_CREAT only for a new file: with it, the kernel denies even root an existing file of the user
 * in /tmp, such as the last capture (sysctl fs.protected_regular).
 */
async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_WRONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return await open(path, constants.O_WRONLY | constants.O_CREAT, MODE);
  }
}

async function giveToSudoUser(file: FileHandle): Promise<void> {
  const { SUDO_UID, SUDO_GID } = process.env;
  if (process.geteuid?.() !== 0 || SUDO_UID === undefined || SUDO_GID === undefined) return;
  await file.chown(Number(SUDO_UID), Number(SUDO_GID));
}
