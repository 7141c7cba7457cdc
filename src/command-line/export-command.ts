import type { Command } from 'commander';
import { requireDestinations } from './destinations.ts';
import { addFormOptions, type FormOptions, toFileForm } from './form-options.ts';
import { addQuietOption, type GivenLoudness, toLoudness } from './loudness-options.ts';
import { append } from './option-values.ts';

const HELP = `
RECORDING is what capture wrote to a DEST that ends in .cbor, or - for stdin.
DEST is as for capture: a file, a FIFO, or - for stdout, which is the default
unless stdout is a terminal.

Examples:
  plaincap export nginx.cbor -w nginx.pcapng
  plaincap export nginx.cbor | tshark -r -
  For an IDS, which knows HTTP on port 80 and no NULL cipher:
    plaincap export nginx.cbor -w ids.pcapng --encap plain --port-map 443:80

Exit codes:
  0  all of the recording was exported, or nobody reads stdout any more
  1  the recording cannot be read, or not to its end, or DEST not be written
  2  the command line is wrong`;

interface Options extends FormOptions, GivenLoudness {
  write?: string[];
}

export function defineExport(program: Command): void {
  const command = program
    .command('export')
    .summary('make a pcapng file of a recording')
    .description(
      'Makes a pcapng file of a recording. Needs no privilege. The same recording always gives ' +
        'the same bytes. Of a damaged one, all that stands before the damage is exported.',
    )
    .usage('RECORDING [options]')
    .argument('<recording>')
    .option('-w, --write <dest>', 'write to DEST; may be repeated', append<string>);
  addFormOptions(addQuietOption(command))
    .addHelpText('after', HELP)
    .action(async (recording: string, options: Options) => {
      const destinations = requireDestinations(options.write);
      const form = toFileForm(options, destinations);
      const loudness = toLoudness(options);
      const { exportRecording } = await import('../commands/export.ts');
      process.exitCode = await exportRecording(recording, destinations, { form, loudness });
    });
}
