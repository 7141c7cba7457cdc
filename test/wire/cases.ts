import { join } from 'node:path';
import { freePort } from '../kernel/free-port.ts';
import { NginxSite, startNginx } from '../kernel/nginx.ts';
import { Program } from '../kernel/program.ts';
import type { Bench } from './bench.ts';

/** A run that is seen twice: on the wire, and by plaincap at one of its ends. */
export interface WireCase {
  name: string;
  /** So many requests are in it. */
  requests: number;
  run(bench: Bench): Promise<void>;
}

type Side = 'client' | 'server';
type Client = (port: number, bench: Bench) => string[];
interface Server {
  name: string;
  start(bench: Bench): Promise<{ program: Program; port: number }>;
}

function words(folder: string, name: string, ...args: (string | number)[]): [string, ...string[]] {
  const path = join(import.meta.dirname, folder, name);
  return [name.endsWith('.py') ? 'python3' : process.execPath, path, ...args.map(String)];
}

/** A program of ours that says when it is ready. */
function ours(name: string, folder: string, file: string): Server {
  return {
    name,
    start: async ({ pems }) => {
      const port = await freePort();
      const [command, ...args] = words(folder, file, port, ...pems);
      const program = new Program(command, args, { timeoutMs: 120_000 });
      await program.says('ready');
      return { program, port };
    },
  };
}

const FILES = Object.fromEntries(
  Array.from({ length: 100 }, (_, n) => [
    `f${n}`,
    Buffer.alloc(n === 50 ? 300_000 : 700 * n, `${n} `),
  ]),
);

const NGINX: Server = {
  name: 'nginx',
  start: async (bench) => {
    const files = { ...FILES, 'a.txt': Buffer.from('a'.repeat(5000)) };
    const site = await NginxSite.write(bench.folder, bench.certificate, { files });
    return { program: await startNginx(site), port: site.port };
  },
};

const H1 = ours('node', 'programs', 'h1-server.mjs');
const H2 = ours('node', 'programs', 'h2-server.mjs');
const PEER = ours('node h1/h2', '../connections/programs', 'https-server.mjs');

function wireCase(
  name: string,
  side: Side,
  server: Server,
  requests: number,
  client: Client,
): WireCase {
  return {
    name: `${name} - ${server.name}, ${side}'s side`,
    requests,
    run: async (bench) => {
      const { program, port } = await server.start(bench);
      const command = client(port, bench);
      if (side === 'client') await bench.captureClient(port, command);
      else await bench.captureServer(program, port, command);
      program.kill('SIGTERM');
      await program.ended;
    },
  };
}

/** From either side. */
function bothSides(name: string, server: Server, requests: number, client: Client): WireCase[] {
  return [
    wireCase(name, 'client', server, requests, client),
    wireCase(name, 'server', server, requests, client),
  ];
}

function curl(flags: readonly string[], paths: readonly string[]): Client {
  return (port) => [
    'curl',
    '-sSk',
    ...flags,
    ...paths.flatMap((path) => ['-o', '/dev/null', `https://127.0.0.1:${port}${path}`]),
  ];
}
const PATHS = Object.keys(FILES).map((name) => `/${name}`);

export const CASES: readonly WireCase[] = [
  ...bothSides('raw HTTP/1.1', H1, 15, (port, { keys }) =>
    words('programs', 'h1-client.mjs', port, keys),
  ),
  ...bothSides('node HTTP/2', H2, 111, (port, { keys }) =>
    words('programs', 'h2-client.mjs', port, keys),
  ),
  ...bothSides(
    'curl h1',
    NGINX,
    6,
    curl(['--http1.1', '--compressed'], ['/a.txt', '/f1', '/f2', '/f50', '/missing', '/f99']),
  ),
  ...bothSides('curl h2 -Z', NGINX, 100, curl(['--http2', '-Z', '--parallel-max', '100'], PATHS)),
  ...bothSides('curl h1, HEAD', NGINX, 2, curl(['--http1.1', '-I'], ['/a.txt', '/f1'])),
  ...bothSides('python http.client', PEER, 9, (port) =>
    words('../connections/programs', 'http_client.py', port, 3, 3),
  ),
  ...bothSides('python asyncio', PEER, 24, (port) =>
    words('../connections/programs', 'asyncio_client.py', port, 8, 3),
  ),
];
