import type { Command } from 'commander';
import { append, parseInteger } from './option-values.ts';

/** PID_MAX_LIMIT of linux/threads.h. */
const MAX_PID = 2 ** 22;

const HELP = `
A line a library of a process, with the number of functions that capture would
probe, or why it cannot be captured. Processes without TLS are left out. The
path is as the process sees it, also in a container.

With --json an object a process, one a line:
  {pid, comm, uid, user, cgroup, libraries: [{kind, title, version, reason,
   files: [{path, buildId, points: [{function, offset, probedAt}]}]}]}

Exit codes:
  0  the processes were looked at; stderr tells of those that need root
  1  a process of --pid does not run
  2  the command line is wrong`;

interface Options {
  pid?: number[];
  json?: boolean;
  verbose?: boolean;
}

export function defineTargets(program: Command): void {
  program
    .command('targets')
    .summary('list the processes that use TLS, and their libraries')
    .description(
      'Lists running processes that use TLS, their TLS library, and the probes that would go ' +
        'there. Needs root to see the processes of others.',
    )
    .option(
      '--pid <pid>',
      'only this process and its descendants; may be repeated',
      (value, earlier?: number[]) =>
        append(parseInteger(value, 'A process id', 1, MAX_PID), earlier),
    )
    .option('-v, --verbose', 'with cgroups, build ids, and functions and their offsets')
    .option('--json', 'print JSON, all of it')
    .addHelpText('after', HELP)
    .action(async ({ pid = [], json = false, verbose = false }: Options) => {
      const { targets } = await import('../commands/targets.ts');
      process.exitCode = targets({ pids: pid, json, verbose });
    });
}
