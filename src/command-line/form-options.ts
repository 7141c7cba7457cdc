import { type Command, InvalidArgumentError, Option } from 'commander';
import { MAX_PORT } from '../filters/port-set.ts';
import {
  DEFAULT_FORM,
  ENCAPSULATION_CHOICES,
  type FileForm,
  SIDE_CHOICES,
} from '../flow/file-form.ts';
import { parseDestinationName } from '../sink/destination-name.ts';
import { UsageError } from '../user-error.ts';

/** As commander gives them: those that are asked for. */
export interface FormOptions {
  encap?: FileForm['encapsulation'];
  portMap?: Map<number, number>;
  side?: FileForm['side'];
}

const GROUP = 'Options for pcapng:';

export function addFormOptions(command: Command): Command {
  const options = [
    new Option(
      '--encap <form>',
      'write the plaintext of TLS as TLS with a NULL cipher, or as plain TCP; auto, which is the ' +
        'default: as what Wireshark dissects on the port',
    ).choices(ENCAPSULATION_CHOICES),
    new Option(
      '--port-map <port:other>',
      'write another server port than the real one, as in 443:80; may be repeated',
    ).argParser(appendMapping),
    new Option(
      '--side <end>',
      "of connections of which both ends are captured, write the client's, which is the default, " +
        "the server's, or both",
    ).choices(SIDE_CHOICES),
  ];
  for (const option of options) command.addOption(option.helpGroup(GROUP));
  return command;
}

/** @throws UsageError for options of a pcapng file where there is none */
export function toFileForm(options: FormOptions, destinations: readonly string[]): FileForm {
  const given = Object.entries({
    encap: options.encap,
    'port-map': options.portMap,
    side: options.side,
  }).find(([, value]) => value !== undefined);
  const hasPcapng = destinations.some((name) => parseDestinationName(name).format === 'pcapng');
  if (given && !hasPcapng) throw new UsageError(`--${given[0]} is for pcapng: give -w FILE.pcapng`);
  return {
    encapsulation: options.encap ?? DEFAULT_FORM.encapsulation,
    portMap: options.portMap ?? DEFAULT_FORM.portMap,
    side: options.side ?? DEFAULT_FORM.side,
  };
}

function appendMapping(value: string, earlier?: Map<number, number>): Map<number, number> {
  const [, real, written] = /^(\d+):(\d+)$/.exec(value)?.map(Number) ?? [];
  if (!isPort(real) || !isPort(written)) {
    throw new InvalidArgumentError(`It is two ports from 1 to ${MAX_PORT}, as in 443:80.`);
  }
  if (earlier?.has(real)) throw new InvalidArgumentError(`Port ${real} is mapped already.`);
  return new Map(earlier).set(real, written);
}

function isPort(number: number | undefined): number is number {
  return number !== undefined && number >= 1 && number <= MAX_PORT;
}
