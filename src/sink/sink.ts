/** `closed`: the reader went away. It takes no more bytes, and nothing is wrong. */
export type WriteOutcome = 'written' | 'closed';

/** Where bytes go: a file, a pipe. */
export interface Sink {
  /**
   * Writes all of `chunk`, which must stay as it is until the promise settles. Call it again only
   * after an outcome of `written`.
   *
   * Rejects with an error whose message names the place and the cause.
   */
  write(chunk: Uint8Array): Promise<WriteOutcome>;
  /** Gives up the place. Once, after the last write, also when that one closed or failed. */
  end(): Promise<void>;
}
