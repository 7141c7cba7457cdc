import { Command } from 'commander';
import { version } from '../version.ts';
import { defineCapture } from './capture-command.ts';
import { defineDoctor } from './doctor-command.ts';
import { defineExport } from './export-command.ts';
import { defineExtcap } from './extcap-command.ts';
import { definePrint } from './print-command.ts';
import { defineTargets } from './targets-command.ts';

/**
 * Runs the command that the arguments tell, which leaves its exit code in `process.exitCode`. What
 * it needs is loaded only then, so that --help is there at once.
 *
 * Rejects with a UserError, or with commander's CommanderError, whose text is printed already.
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = new Command('plaincap')
    .description('Shows Wireshark what TLS hides: captures the plaintext of TLS connections.')
    .version(version)
    .addHelpText('after', '\nplaincap COMMAND --help tells more, with examples.')
    .configureOutput({ outputError: (text, write) => write(complaint(text)) })
    .exitOverride();
  const [own, command] = args[0] === 'capture' ? splitAtDashes(args) : [args];
  defineCapture(program, command);
  defineExport(program);
  definePrint(program);
  defineTargets(program);
  defineDoctor(program);
  defineExtcap(program);
  await program.parseAsync(own, { from: 'user' });
}

/** commander's text in one line that says what is wrong, and what mends it. */
function complaint(text: string): string {
  const [error = '', suggestion = ''] = text.trimEnd().split('\n');
  const wrong = error.replace(/^error/, 'plaincap');
  // What our own option values explain.
  if (wrong.includes(' is invalid. ')) return `${wrong}\n`;
  const meant = /^\(Did you mean (.*)\?\)$/.exec(suggestion)?.[1];
  const mend = meant === undefined ? 'see --help' : `did you mean ${meant}?`;
  return `${wrong.replace(/\.$/, '')}; ${mend}\n`;
}

/** What stands before `--`, and what stands after it: a command with options of its own. */
function splitAtDashes(args: readonly string[]): [string[], string[] | undefined] {
  const dashes = args.indexOf('--');
  if (dashes === -1) return [[...args], undefined];
  return [args.slice(0, dashes), args.slice(dashes + 1)];
}
