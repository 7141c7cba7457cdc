import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Ended, Program, type ProgramOptions } from './program.ts';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** The built program as a command line, for those that start it in a way of their own. */
export function plaincapWords(...args: readonly string[]): [string, ...string[]] {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm run build`);
  return [process.execPath, CLI, ...args];
}

/** EX_SOFTWARE of sysexits.h, after a stack on stderr: no test expects it. */
const EXIT_BUG = 70;

/**
 * A client can have its answer before the call returns in which the server sent it, and which tells
 * it then: on a busy machine the server may wait for a CPU in between.
 */
const RETURN_MS = 100;

export function startPlaincap(args: readonly string[], options?: ProgramOptions): Program {
  const [node, ...words] = plaincapWords(...args);
  return new Program(node, words, options);
}

export async function plaincap(args: readonly string[], options?: ProgramOptions): Promise<Ended> {
  const ended = await startPlaincap(args, options).ended;
  if (ended.code === EXIT_BUG) throw new Error(`plaincap has a bug: ${ended.stderr}`);
  return ended;
}

/** Captures a command, which must succeed, into the files. Returns what the command printed. */
export async function captureCommand(
  files: readonly string[],
  command: readonly string[],
  { flags = [], ...options }: ProgramOptions & { flags?: readonly string[] } = {},
): Promise<string> {
  const destinations = files.flatMap((file) => ['-w', file]);
  const ended = await plaincap(['capture', ...flags, ...destinations, '--', ...command], options);
  requireWholeCapture(ended);
  return ended.stdout.toString();
}

/** Captures what `filters` name while `traffic` runs. */
export function captureWhile(
  filters: readonly string[],
  files: readonly string[],
  traffic: () => Promise<unknown>,
): Promise<void> {
  return captureAtOnce([{ filters, files }], traffic);
}

/** The same by several captures of one traffic. */
export async function captureAtOnce(
  each: readonly { filters: readonly string[]; files: readonly string[] }[],
  traffic: () => Promise<unknown>,
): Promise<void> {
  const captures = each.map(({ filters, files }) =>
    startPlaincap(['capture', ...filters, ...files.flatMap((file) => ['-w', file])]),
  );
  await Promise.all(captures.map((capture) => capture.says('capturing')));
  await traffic();
  await delay(RETURN_MS);
  for (const capture of captures) capture.kill('SIGINT');
  for (const capture of captures) requireWholeCapture(await capture.ended);
}

function requireWholeCapture({ code, stderr }: Ended): void {
  if (code !== 0) throw new Error(`plaincap ended with code ${code}: ${stderr}`);
  if (!/ bytes; 0 bytes lost$/m.test(stderr)) {
    throw new Error(`plaincap lost something: ${stderr}`);
  }
}
