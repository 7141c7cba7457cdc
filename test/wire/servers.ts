import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApacheSite } from '../connections/apache-site.ts';
import { listens } from '../connections/workbench.ts';
import { freePort } from '../kernel/free-port.ts';
import { buildGo } from '../kernel/go-build.ts';
import { NginxSite, startNginx } from '../kernel/nginx.ts';
import { Program } from '../kernel/program.ts';
import type { Bench } from './bench.ts';
import { words } from './words.ts';

/** So long may what runs in a case take. */
const TIMEOUT_MS = 120_000;

export interface Server {
  name: string;
  start(bench: Bench): Promise<{ program: Program; port: number }>;
}

/** One of 300 kB among them, which is more than HTTP/2's first window. */
export const FILES = Object.fromEntries(
  Array.from({ length: 100 }, (_, n) => [
    `f${n}`,
    Buffer.alloc(n === 50 ? 300_000 : 700 * n, `${n} `),
  ]),
);
const SITE = { ...FILES, 'a.txt': Buffer.from('a'.repeat(5000)) };

export const BIG_BYTES = 50e6;

/** A program that listens on the port that it is given. */
function server(
  name: string,
  command: (bench: Bench, port: number) => string[] | Promise<string[]>,
): Server {
  return {
    name,
    start: async (bench) => {
      const port = await freePort();
      const [path, ...args] = await command(bench, port);
      return startAt(bench, port, path as string, args);
    },
  };
}

/** Some end with their stdin. */
async function startAt({ env }: Bench, port: number, path: string, args: readonly string[]) {
  const program = new Program(path, args, { env, timeoutMs: TIMEOUT_MS, typed: true });
  await listens(program, port);
  return { program, port };
}

/** A program of ours. */
function ours(name: string, file: string, folder = 'programs'): Server {
  return server(name, ({ pems }, port) => words(folder, file, port, ...pems));
}

/** A server of samples/traffic. */
function sample(name: string, file: string): Server {
  return server(name, ({ folder }, port) =>
    words('../../samples/traffic', file, folder, '127.0.0.1', port),
  );
}

export const NGINX: Server = {
  name: 'nginx',
  start: async (bench) => {
    const files = { ...SITE, big: Buffer.alloc(BIG_BYTES, 'plaincap ') };
    const site = await NginxSite.write(bench.folder, bench.certificate, { files });
    return { program: await startNginx(site), port: site.port };
  },
};

export const APACHE: Server = {
  name: 'apache2',
  start: async (bench) => {
    const site = await ApacheSite.write(bench.folder, bench.certificate, SITE);
    const args = ['-f', site.configuration, '-D', 'FOREGROUND'];
    return startAt(bench, site.port, 'apache2', args);
  },
};

export const NGHTTPD = server('nghttpd', ({ folder, pems }, port) => {
  const root = join(folder, `nghttpd-${port}`);
  mkdirSync(root);
  for (const [name, bytes] of Object.entries(SITE)) writeFileSync(join(root, name), bytes);
  const options = ['--address=127.0.0.1', '-d', root, '--push=/f50=/f1,/f2', '--trailer=x-end: 1'];
  return ['nghttpd', ...options, `${port}`, ...pems];
});

export const GO = server('Go', async ({ folder, pems }, port) => {
  const program = await buildGo(folder, 'server');
  const [key, cert] = pems;
  return [program, '-key', key, '-cert', cert, '-port', `${port}`];
});

export const H1 = ours('node', 'h1-server.mjs');
export const H2 = ours('node', 'h2-server.mjs');
export const PYTHON = ours('python', 'h1_server.py');
export const WEBSOCKET = ours('node ws', 'ws-server.mjs');
export const GRPC = sample('node gRPC', 'grpc-server.ts');
/** On IPv4 and IPv6. */
export const BOTH = ours('node h1/h2', 'https-server.mjs', '../connections/programs');
