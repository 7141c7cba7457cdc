/**
 * One pwritev2(2) of what `bytes` holds from `offset`, with RWF_DONTCACHE: the page cache forgets it
 * as soon as it is on the disk. A long capture then pushes out nothing that the machine has there,
 * and new memory for it costs more than the writing. Off the event loop; `bytes` stays as it is
 * until then.
 *
 * @param done gets how many bytes were written, maybe not all, or a negative errno: EOPNOTSUPP where
 *   the kernel (Linux 6.16) or the file system cannot do it
 */
export type WriteUncached = (
  descriptor: number,
  bytes: Uint8Array,
  offset: number,
  position: number,
  done: (result: number) => void,
) => void;
