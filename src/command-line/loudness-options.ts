import { type Command, Option } from 'commander';
import type { Loudness } from '../terminal/voice.ts';

/** As commander gives them. */
export interface GivenLoudness {
  quiet?: boolean;
  verbose?: boolean;
}

export function addQuietOption(command: Command): Command {
  return command.option('-q, --quiet', 'tell of errors alone: no status, no summary');
}

export function addLoudnessOptions(command: Command): Command {
  return addQuietOption(command).addOption(
    new Option('-v, --verbose', 'tell also what is probed, and what is found later on').conflicts(
      'quiet',
    ),
  );
}

export function toLoudness({ quiet, verbose }: GivenLoudness): Loudness {
  if (quiet) return 'quiet';
  return verbose ? 'verbose' : 'normal';
}
