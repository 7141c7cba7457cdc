import type { Command } from 'commander';
import type { Rotation } from '../sink/rotation.ts';
import { UsageError } from '../user-error.ts';
import { MAX_TIMER_SECONDS, parseInteger } from './option-values.ts';

/** How a capture is given to its destinations. */
export interface OutputOptions {
  readonly rotation: Rotation;
  /** Everything is sent on at once. */
  readonly packetBuffered: boolean;
  /** A reader that leaves ends the capture. */
  readonly once: boolean;
}

/** As commander gives them. */
export interface GivenOutputOptions {
  fileSize?: number;
  rotateSeconds?: number;
  fileCount?: number;
  packetBuffered?: boolean;
  once?: boolean;
}

/** tcpdump's unit of -C. */
const MILLION = 1_000_000;
const MAX_MILLIONS = 1_000_000;
const MAX_FILES = 1_000_000;

export function addOutputOptions(command: Command): Command {
  return command
    .option('-C, --file-size <MB>', 'begin another file after so many millions of bytes', (value) =>
      parseInteger(value, 'A size', 1, MAX_MILLIONS),
    )
    .option('-G, --rotate-seconds <s>', 'begin another file every so many seconds', (value) =>
      parseInteger(value, 'A number of seconds', 1, MAX_TIMER_SECONDS),
    )
    .option('-W, --file-count <n>', 'overwrite the first of so many files, or end', (value) =>
      parseInteger(value, 'A number of files', 1, MAX_FILES),
    )
    .option('-U, --packet-buffered', 'send on everything at once')
    .option('--once', 'end when the reader of a FIFO or of tcp:// leaves');
}

/** @throws UsageError for -W without the others */
export function toOutputOptions(given: GivenOutputOptions): OutputOptions {
  const { fileSize, rotateSeconds: seconds, fileCount: files } = given;
  const maxBytes = fileSize === undefined ? undefined : fileSize * MILLION;
  if (files !== undefined && maxBytes === undefined && seconds === undefined) {
    throw new UsageError('-W is of files that rotate: give -C or -G as well');
  }
  return {
    rotation: { maxBytes, seconds, files },
    packetBuffered: given.packetBuffered ?? false,
    once: given.once ?? false,
  };
}
