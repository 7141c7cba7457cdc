import type { Command } from 'commander';

const HELP = `
One line a need: ok, no where a capture would fail, note where it would not.
What mends it stands at the end of the line.

Exit codes:
  0  a capture would work
  1  it would fail`;

export function defineDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('tell whether this machine can capture')
    .description(
      'Tells whether this kernel and this user can capture, and what mends what is missing.',
    )
    .addHelpText('after', HELP)
    .action(async () => {
      const { doctor } = await import('../commands/doctor.ts');
      process.exitCode = doctor();
    });
}
