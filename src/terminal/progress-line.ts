import { byteCount } from '../text/byte-count.ts';

export interface Progress {
  readonly bytesRead: number;
  /** All that there is; undefined if nobody knows. */
  readonly sizeBytes: number | undefined;
}

/** `43 % exported, 120 MB/s`; without a size `512 MB exported, 120 MB/s`. */
export function progressLine(
  done: string,
  { bytesRead, sizeBytes }: Progress,
  elapsedMs: number,
): string {
  const share =
    sizeBytes === undefined
      ? byteCount(bytesRead)
      : `${Math.floor((100 * bytesRead) / sizeBytes)} %`;
  return `${share} ${done}, ${byteCount((1000 * bytesRead) / elapsedMs)}/s`;
}
