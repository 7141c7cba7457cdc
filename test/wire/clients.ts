import { buildGo } from '../kernel/go-build.ts';
import type { Client } from './wire-case.ts';
import { words } from './words.ts';

const CONNECTIONS = '../connections/programs';

/** @param host as in a URL */
export function curl(
  flags: readonly string[],
  paths: readonly string[],
  host = '127.0.0.1',
): Client {
  return (port) => [
    ...['curl', '-sSkg', ...flags],
    ...paths.flatMap((path) => ['-o', '/dev/null', `https://${host}:${port}${path}`]),
  ];
}

/** So many processes, some at a time, one request each, of `/f0` to `/f99` in turn. */
export function shortCurls(count: number): Client {
  return (port) => {
    const url = `https://127.0.0.1:${port}/f$(($1 % 100))`;
    const each = `exec curl -sSk -o /dev/null "${url}"`;
    return ['sh', '-c', `seq ${count} | xargs -P 4 -n 1 sh -c '${each}' curl`];
  };
}

export function wget(paths: readonly string[]): Client {
  return (port) => [
    ...['wget', '-q', '--no-check-certificate', '-O', '/dev/null'],
    ...paths.map((path) => `https://127.0.0.1:${port}${path}`),
  ];
}

/** @param args behind the port */
export function python(name: string, ...args: (string | number)[]): Client {
  return (port) => words(CONNECTIONS, name, port, ...args);
}

/** A program of ours for node; it gets `localhost:port`, and `args`. */
export function node(name: string, ...args: string[]): Client {
  return nodeProgram('programs', name, args);
}

/** One of samples/traffic. */
export function sample(name: string): Client {
  return nodeProgram('../../samples/traffic', name, []);
}

function nodeProgram(folder: string, name: string, args: readonly string[]): Client {
  return (port, { keys }) => {
    const [runtime, ...rest] = words(folder, name, `localhost:${port}`, ...args);
    return [runtime, `--tls-keylog=${keys}`, ...rest];
  };
}

/** @param flags of client.go */
export function go(...flags: string[]): Client {
  return async (port, { folder }) => {
    const program = await buildGo(folder, 'client');
    return [program, '-url', `https://127.0.0.1:${port}`, ...flags];
  };
}

export function nghttp(flags: readonly string[], paths: readonly string[]): Client {
  return (port) => [
    ...['nghttp', '-n', ...flags],
    ...paths.map((path) => `https://127.0.0.1:${port}${path}`),
  ];
}

export function h2load(flags: readonly string[], path: string): Client {
  return (port) => ['h2load', ...flags, `https://127.0.0.1:${port}${path}`];
}
