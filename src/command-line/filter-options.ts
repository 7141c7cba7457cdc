import { type Command, InvalidArgumentError } from 'commander';
import type { FilterOptions } from '../filters/capture-filters.ts';
import { COMM_MAX_BYTES, leastCommBytes } from '../filters/comm-pattern.ts';
import { MAX_PORT, parsePortRange } from '../filters/port-set.ts';
import { UsageError } from '../user-error.ts';
import { append } from './option-values.ts';

/** FILTER_VALUES_MAX of bpf/filters.h. */
const MAX_VALUES = 16;
/** The kernel's uid_t, without the value that stands for none. */
const MAX_UID = 2 ** 32 - 2;

/** As commander gives them. */
export interface GivenFilters {
  comm?: string[];
  exe?: string[];
  uid?: string[];
  cgroup?: string[];
  port?: string[];
  host?: string[];
}

export function addFilterOptions(command: Command): Command {
  const add = (flags: string, what: string, parse: typeof appendText) =>
    command.option(flags, `${what}; may be repeated`, parse);
  add('--comm <name>', 'only processes of this name, or glob', appendComm);
  add('--exe <path>', 'only processes of this program, or glob', appendText);
  add('--uid <user>', 'only processes of this user, by number or name', appendUid);
  add('--cgroup <path>', 'only processes in this cgroup (v2), by path or id', appendText);
  add('--port <port>', 'only connections with this port at either end: N, N-M, name', appendPort);
  add('--host <host>', 'only connections with this address, network or name', appendText);
  return command;
}

export function toFilterOptions(given: GivenFilters): FilterOptions {
  for (const option of ['comm', 'uid', 'cgroup'] as const) {
    if ((given[option]?.length ?? 0) > MAX_VALUES) {
      throw new UsageError(`--${option} is given more than ${MAX_VALUES} times`);
    }
  }
  return {
    comms: given.comm ?? [],
    executables: given.exe ?? [],
    uids: given.uid ?? [],
    cgroups: given.cgroup ?? [],
    ports: given.port ?? [],
    hosts: given.host ?? [],
  };
}

function appendText(value: string, earlier?: string[]): string[] {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return append(value, earlier);
}

function appendComm(value: string, earlier?: string[]): string[] {
  if (leastCommBytes(value) > COMM_MAX_BYTES) {
    const kept = Buffer.from(value).toString('utf8', 0, COMM_MAX_BYTES);
    throw new InvalidArgumentError(
      `The kernel keeps ${COMM_MAX_BYTES} bytes of a name: '${kept}', perhaps.`,
    );
  }
  return appendText(value, earlier);
}

function appendUid(value: string, earlier?: string[]): string[] {
  if (/^-?\d+$/.test(value) && !(Number(value) >= 0 && Number(value) <= MAX_UID)) {
    throw new InvalidArgumentError(`A user id is a whole number from 0 to ${MAX_UID}.`);
  }
  return appendText(value, earlier);
}

function appendPort(value: string, earlier?: string[]): string[] {
  const range = parsePortRange(value);
  if (range && !(range.from >= 1 && range.from <= range.to && range.to <= MAX_PORT)) {
    throw new InvalidArgumentError(
      `Ports are whole numbers from 1 to ${MAX_PORT}, the lower first.`,
    );
  }
  return appendText(value, earlier);
}
