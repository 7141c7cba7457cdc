#!/usr/bin/env node
import { CommanderError } from 'commander';
import { runProgram } from './command-line/program.ts';
import { UserError } from './user-error.ts';

/** As for a command line that is wrong in other programs. */
const EXIT_USAGE = 2;
/** EX_SOFTWARE of sysexits.h: a bug. */
const EXIT_BUG = 70;

/** Says on stderr what is wrong, unless commander did, and returns the exit code. */
function report(error: unknown): number {
  // --help and --version end as an error of code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof UserError) {
    console.error(`plaincap: ${error.message}`);
    return error.exitCode;
  }
  console.error(error);
  return EXIT_BUG;
}

try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
// Nothing that is still open, such as a stdin that nobody closes, keeps the process alive.
process.exit();
