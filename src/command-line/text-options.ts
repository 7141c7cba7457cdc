import { type Command, Option } from 'commander';
import { PLAIN_STYLE, type TextStyle } from '../text/text-style.ts';

/** As commander gives them: those that are asked for. */
export type TextOptions = Partial<TextStyle>;

const OPTIONS: Record<keyof TextStyle, string> = {
  hexdump: 'show data as xxd does, instead of as text',
  latency: 'show how long each call took, in milliseconds',
  handshake: 'show TLS handshakes: how long they took, version, cipher suite',
  connections: 'show connections that open and close, and what told them',
  json: 'write a JSON object a line, with all that is known',
};

const NAMES = Object.keys(OPTIONS) as (keyof TextStyle)[];

/** @param group heading of their own in the help of the command */
export function addTextOptions(command: Command, group?: string): Command {
  for (const name of NAMES) {
    const option = new Option(`--${name}`, OPTIONS[name]);
    if (group !== undefined) option.helpGroup(group);
    command.addOption(name === 'json' ? option.conflicts('hexdump') : option);
  }
  return command;
}

/** The names of those that were asked for. */
export function textOptionNames(options: TextOptions): (keyof TextStyle)[] {
  return NAMES.filter((name) => options[name] === true);
}

export function toTextStyle(options: TextOptions): TextStyle {
  const given = textOptionNames(options).map((name) => [name, true]);
  return { ...PLAIN_STYLE, ...Object.fromEntries(given) };
}
