import { type Command, InvalidArgumentError } from 'commander';
import { MAX_TIMER_SECONDS, parseInteger } from './option-values.ts';

/** When a capture ends by itself. */
export interface Limits {
  /** After so many calls that moved data. */
  readonly count?: number | undefined;
  /** After so many seconds. */
  readonly autostop?: number | undefined;
}

export function addLimitOptions(command: Command): Command {
  return command
    .option(
      '-c, --count <calls>',
      'end after so many calls that read or wrote data',
      (value: string) => parseInteger(value, 'A number of calls', 1, Number.MAX_SAFE_INTEGER),
    )
    .option('-a, --autostop <duration:s>', 'end after so many seconds', parseAutostop);
}

/** As dumpcap spells it. */
function parseAutostop(value: string): number {
  const seconds = /^duration:(.*)$/.exec(value)?.[1];
  if (seconds === undefined) throw new InvalidArgumentError('It is duration:SECONDS.');
  return parseInteger(seconds, 'A duration', 1, MAX_TIMER_SECONDS);
}
