import type { Command } from 'commander';
import { addQuietOption, type GivenLoudness, toLoudness } from './loudness-options.ts';
import { addTextOptions, type TextOptions, toTextStyle } from './text-options.ts';

const HELP = `
RECORDING is what capture wrote to a DEST that ends in .cbor, or - for stdin.
Bytes that are no text, such as control characters, are shown as \\x1b, so that
none of them reaches a terminal. docs/print.md tells what the lines mean, and
what the JSON objects have in them.

Examples:
  plaincap print nginx.cbor | less
  plaincap print nginx.cbor --latency --hexdump
  plaincap print nginx.cbor --json | jq -r 'select(.kind == "data") | .text'
  A live capture: sudo plaincap capture -w text:-

Exit codes:
  0  all of the recording was printed, or nobody reads stdout any more
  1  the recording cannot be read, or not to its end, or stdout not be written
  2  the command line is wrong`;

export function definePrint(program: Command): void {
  const print = program
    .command('print')
    .summary('show a recording as text')
    .description(
      'Shows a recording as text: a line a call with its function, time, process and thread, ' +
        'length and connection, then the data. Needs no privilege. Of a damaged recording, all ' +
        'that stands before the damage is shown.',
    )
    .usage('RECORDING [options]')
    .argument('<recording>');
  addQuietOption(addTextOptions(print))
    .addHelpText('after', HELP)
    .action(async (recording: string, options: TextOptions & GivenLoudness) => {
      const { print } = await import('../commands/print.ts');
      process.exitCode = await print(recording, toTextStyle(options), toLoudness(options));
    });
}
