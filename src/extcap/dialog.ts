import type { ProcessTargets } from '../targets/target-table.ts';
import { sentence } from './sentence.ts';

/** The options that the dialog offers, as they come back with `--capture`. */
export interface DialogOptions {
  pid?: string;
  lib?: string;
  uid?: string;
  comm?: string;
  exe?: string;
  port?: string;
  host?: string;
  plain?: boolean;
}

interface Choice {
  readonly value: string;
  readonly display: string;
}

interface Field {
  readonly option: keyof DialogOptions;
  readonly display: string;
  readonly tooltip: string;
  readonly type: 'selector' | 'string' | 'boolflag';
  /** What stands in an empty field, or on the button that loads the choices again. */
  readonly placeholder?: string;
  /** Of a selector: what it offers when these processes use TLS. */
  choices?(processes: readonly ProcessTargets[]): Choice[];
}

const FIELDS: readonly Field[] = [
  {
    option: 'pid',
    display: 'Process',
    tooltip: 'Capture this process and all its descendants',
    type: 'selector',
    placeholder: 'Look again',
    choices: (processes) => [{ value: '', display: 'All processes' }, ...processes.map(processOf)],
  },
  {
    option: 'lib',
    display: 'TLS library',
    tooltip: 'Capture the programs that use this file',
    type: 'selector',
    placeholder: 'Look again',
    choices: (processes) => [{ value: '', display: 'All libraries' }, ...librariesOf(processes)],
  },
  {
    option: 'uid',
    display: 'User',
    tooltip: 'Capture processes of this user',
    type: 'selector',
    placeholder: 'Look again',
    choices: (processes) => [{ value: '', display: 'All users' }, ...usersOf(processes)],
  },
  {
    option: 'comm',
    display: 'Names of processes',
    tooltip: 'Capture processes of these names, or globs, with commas between them',
    type: 'string',
    placeholder: 'curl, python*',
  },
  {
    option: 'exe',
    display: 'Executable',
    tooltip: 'Capture processes of this program, or glob',
    type: 'string',
    placeholder: '/usr/bin/curl',
  },
  {
    option: 'port',
    display: 'Ports',
    tooltip: 'Capture connections with one of these ports at either end, with commas between them',
    type: 'string',
    placeholder: '443, 8000-8999',
  },
  {
    option: 'host',
    display: 'Hosts',
    tooltip: 'Capture connections with one of these addresses, networks or names, with commas',
    type: 'string',
    placeholder: '10.0.0.0/8, example.org',
  },
  {
    option: 'plain',
    display: 'TCP without TLS as well',
    tooltip: 'Capture also TCP connections that carry no TLS',
    type: 'boolflag',
  },
];

/** All of the dialog. */
export function dialogSentences(processes: readonly ProcessTargets[]): string[] {
  const fields = FIELDS.map(({ option, display, tooltip, type, placeholder, choices }, number) =>
    sentence('arg', {
      number,
      call: `--${option}`,
      display,
      tooltip,
      type,
      placeholder,
      reload: choices && true,
    }),
  );
  const choices = FIELDS.flatMap(({ option }) => choiceSentences(option, processes));
  return [...fields, ...choices];
}

/**
 * What one field offers now.
 *
 * @param option its name, with or without dashes
 */
export function choiceSentences(option: string, processes: readonly ProcessTargets[]): string[] {
  const name = option.replace(/^-+/, '');
  const arg = FIELDS.findIndex((field) => field.option === name);
  const choices = FIELDS[arg]?.choices?.(processes) ?? [];
  return choices
    .filter(({ value }) => !/[{}\n]/.test(value))
    .map(({ value, display }, index) =>
      sentence('value', { arg, value, display, default: index === 0 || undefined }),
    );
}

function processOf({ pid, comm, user, libraries }: ProcessTargets): Choice {
  const titles = [...new Set(libraries.map(({ title }) => title))].join(', ');
  return { value: `${pid}`, display: `${comm} (${pid}) of ${user}: ${titles}` };
}

function librariesOf(processes: readonly ProcessTargets[]): Choice[] {
  const titles = new Map(
    processes.flatMap(({ libraries }) =>
      libraries.map(({ title, files }) => [files[0]?.path ?? '', title] as const),
    ),
  );
  return [...titles]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([path, title]) => ({ value: path, display: `${path} (${title})` }));
}

function usersOf(processes: readonly ProcessTargets[]): Choice[] {
  const names = new Map(processes.map(({ uid, user }) => [uid, user]));
  return [...names]
    .sort(([a], [b]) => a - b)
    .map(([uid, user]) => ({ value: `${uid}`, display: user }));
}
