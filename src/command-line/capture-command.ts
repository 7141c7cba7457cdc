import { type Command, Option } from 'commander';
import type { FilterOptions } from '../filters/capture-filters.ts';
import type { FileForm } from '../flow/file-form.ts';
import { parseDestinationName } from '../sink/destination-name.ts';
import type { Snaplen } from '../snaplen.ts';
import type { Loudness } from '../terminal/voice.ts';
import type { TextStyle } from '../text/text-style.ts';
import { UsageError } from '../user-error.ts';
import { requireDestinations } from './destinations.ts';
import { addFilterOptions, type GivenFilters, toFilterOptions } from './filter-options.ts';
import { addFormOptions, type FormOptions, toFileForm } from './form-options.ts';
import { addLimitOptions, type Limits } from './limit-options.ts';
import { addLoudnessOptions, type GivenLoudness, toLoudness } from './loudness-options.ts';
import { append, parseInteger } from './option-values.ts';
import {
  addOutputOptions,
  type GivenOutputOptions,
  type OutputOptions,
  toOutputOptions,
} from './output-options.ts';
import { addTextOptions, type TextOptions, textOptionNames, toTextStyle } from './text-options.ts';

/** What `plaincap capture` was asked to do. */
export interface CaptureOptions {
  /** Capture these processes. None, and no command: every process. */
  readonly pids: readonly number[];
  /** And all their descendants. */
  readonly withChildren: boolean;
  /** What is captured of all these. */
  readonly filters: FilterOptions;
  /** Probe these libraries and executables. None: those that are found. */
  readonly libraries: readonly string[];
  /** The DESTs as they were written, one at least, none twice. */
  readonly destinations: readonly string[];
  /** How a text among the destinations looks; undefined if there is none. */
  readonly text: TextStyle | undefined;
  /** Of the pcapng files among the destinations. */
  readonly form: FileForm;
  /** Size of the kernel's ring buffer: a power of two, at least a page. */
  readonly ringBytes: number;
  /** Of each call no more bytes are captured; undefined for all. */
  readonly snaplen: Snaplen;
  /** Capture also TCP connections that carry no TLS. */
  readonly plain: boolean;
  readonly limits: Limits;
  /** End also when stdin ends. */
  readonly untilEof: boolean;
  readonly loudness: Loudness;
  readonly output: OutputOptions;
}

/** As commander gives them. */
interface Options
  extends FormOptions,
    GivenFilters,
    GivenLoudness,
    GivenOutputOptions,
    Limits,
    TextOptions {
  pid?: number[];
  children: boolean;
  lib?: string[];
  write?: string[];
  bufferSize: number;
  snaplen?: number;
  plain?: boolean;
  untilEof?: boolean;
}

/** PID_MAX_LIMIT of linux/threads.h. */
const MAX_PID = 2 ** 22;

/** CALL_MAX_BYTES of bpf/events.h: with as many, or with 0 as tcpdump has it, all is captured. */
const MAX_SNAPLEN = 64 * 1024 * 1024;

const RING_KIB = { least: 4, default: 32 * 1024, most: 1024 * 1024 };

const HELP = `
DEST is a file: a recording if its name ends in .cbor, else pcapng. Or it is a
FIFO, or - for stdout, which is the default unless stdout is a terminal. Or it
is tcp://ADDRESS:PORT to listen there; without ADDRESS, on loopback. With text:
before it, as in text:- or text:FILE, DEST gets a text, as plaincap print shows
it.

Who reads a FIFO or tcp:// may come and go: each reader gets a capture from then
on. None holds it up; what a slow one misses is counted, and told there.

-C, -G and -W rotate the files as tcpdump does. -C puts a number behind the
names of all files but the first. -G makes names as strftime does: with %H%M%S
in it, every file has its own. With -C, -W N overwrites the first of N files;
with -G alone, the capture ends after N files.

Of --comm, --exe, --uid, --cgroup, --port and --host, values of the same option
are alternatives, and different options must all hold. They restrict what --pid
or COMMAND capture, or else the whole machine.

Examples:
  A command, from its first byte to its last:
    sudo plaincap capture -w curl.pcapng -- curl https://example.org/
  A server and its workers until Ctrl-C, with a recording to export again:
    sudo plaincap capture --pid 1234 -w nginx.pcapng -w nginx.cbor
  Plain HTTP as well, of a service and what it calls:
    sudo plaincap capture --plain --pid 1234 -w service.pcapng
  Every process, live:
    sudo plaincap capture | wireshark -k -i -
  The same as text, here:
    sudo plaincap capture -w text:- --latency
  For Wireshark when it likes, with wireshark -k -i TCP@127.0.0.1:57012
    sudo plaincap capture -w tcp://127.0.0.1:57012
  A day by the hour:
    sudo plaincap capture -G 3600 -W 24 -w '%Y%m%d-%H%M%S.pcapng'
  What all curls and Pythons of a user say to a service:
    sudo plaincap capture --comm curl --comm 'python*' --uid ann --port https

Exit codes:
  With COMMAND that of COMMAND, 127 if there is no such command. Else
  0  the capture ended: SIGINT, SIGTERM, a limit, or nobody reads it any more
  1  it could not start, or not write what it captured
  2  the command line is wrong`;

/** @param command what stands after `--`; undefined where there is no `--` */
export function defineCapture(program: Command, command: readonly string[] | undefined): void {
  const capture = program
    .command('capture')
    .summary('capture running processes, or a command')
    .description(
      'Captures the plaintext of TLS connections: of the processes that --pid names, of COMMAND ' +
        'and its children, or else of every process. Needs root; plaincap doctor tells more.',
    )
    .usage('[options] [-- COMMAND ARGS...]')
    .option(
      '--pid <pid>',
      'capture this process and all its descendants, those to come as well; may be repeated',
      (value, earlier?: number[]) =>
        append(parseInteger(value, 'A process id', 1, MAX_PID), earlier),
    )
    .option('--no-children', 'of the processes of --pid, capture no descendants');
  addFilterOptions(capture)
    .option(
      '--lib <path>',
      'probe this TLS library or executable and no other; may be repeated',
      append<string>,
    )
    .option('--plain', 'capture also TCP connections that carry no TLS')
    .option('-w, --write <dest>', 'write the capture to DEST; may be repeated', append<string>)
    .option(
      '-B, --buffer-size <KiB>',
      'buffer of the kernel, rounded up to a power of two',
      (value) => parseInteger(value, 'A buffer size', RING_KIB.least, RING_KIB.most),
      RING_KIB.default,
    )
    .option(
      '-s, --snaplen <bytes>',
      'capture no more bytes of each call; 0 for all of it',
      (value) => parseInteger(value, 'A snapshot length', 0, MAX_SNAPLEN),
    );
  addOutputOptions(addLimitOptions(capture));
  // For extcap, which may not send a signal to a capture that sudo started.
  capture.addOption(new Option('--until-eof', 'end when stdin ends').hideHelp());
  addLoudnessOptions(capture);
  addFormOptions(capture);
  addTextOptions(capture, 'Options for text, with -w text:- or -w text:FILE:')
    .addHelpText('after', HELP)
    .allowExcessArguments()
    .action(async (options: Options, { args: [stray] }: Command) => {
      if (stray !== undefined) {
        throw new UsageError(`unexpected '${stray}': a command to capture stands after --`);
      }
      if (command?.length === 0) throw new UsageError('there is no command after --');
      const captureOptions = toCaptureOptions(options);
      const { capture } = await import('../commands/capture.ts');
      process.exitCode = await capture(captureOptions, command ?? []);
    });
}

function toCaptureOptions(options: Options): CaptureOptions {
  const { pid, children, lib, write, bufferSize, count, autostop, plain, snaplen } = options;
  if (!children && !pid) throw new UsageError('--no-children is of the processes of --pid');
  const destinations = requireDestinations(write);
  return {
    pids: pid ?? [],
    withChildren: children,
    filters: toFilterOptions(options),
    libraries: lib ?? [],
    destinations,
    text: textStyleFor(destinations, options),
    form: toFileForm(options, destinations),
    ringBytes: 1024 * 2 ** Math.ceil(Math.log2(bufferSize)),
    snaplen: snaplen === MAX_SNAPLEN ? undefined : snaplen || undefined,
    plain: plain ?? false,
    limits: { count, autostop },
    untilEof: options.untilEof ?? false,
    loudness: toLoudness(options),
    output: toOutputOptions(options),
  };
}

/** @throws UsageError for options of a text where there is none */
function textStyleFor(
  destinations: readonly string[],
  options: TextOptions,
): TextStyle | undefined {
  const hasText = destinations.some((name) => parseDestinationName(name).format === 'text');
  if (hasText) return toTextStyle(options);
  const [stray] = textOptionNames(options);
  if (stray === undefined) return undefined;
  throw new UsageError(`--${stray} is for a text: give -w text:- or -w text:FILE as well`);
}
