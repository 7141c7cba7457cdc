#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { CommanderError } from 'commander';
import { runProgram } from './command-line/program.ts';
import { UserError } from './user-error.ts';

/** As for a command line that is wrong in other programs. */
const EXIT_USAGE = 2;
/** EX_SOFTWARE of sysexits.h: a bug. */
const EXIT_BUG = 70;

/**
 * V8 collects garbage when its heap has grown by so much since the last time. By itself it lets it
 * grow to four times that size, which for a capture of many connections is hundreds of MiB.
 */
const HEAP_GROWING_PERCENT = 50;

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

setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
try {
  await runProgram(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}
// Nothing that is still open, such as a stdin that nobody closes, keeps the process alive.
process.exit();
