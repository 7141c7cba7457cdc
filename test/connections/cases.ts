import { freePort } from '../kernel/free-port.ts';
import { captureChat } from './chat.ts';
import { captureNamespaces } from './namespaces.ts';
import { captureOpensslServer } from './openssl-server.ts';
import type { Truth } from './truth.ts';
import { captureCurlTunnel, captureNodeTunnels } from './tunnels.ts';
import { captureApache, captureNginx } from './web-servers.ts';
import { outputOf, programOf, start, startReady, stop, type Workbench } from './workbench.ts';

/** A capture of programs that tell where their messages went. */
export interface ConnectionCase {
  name: string;
  /** Of so many connections the programs tell how they end. */
  ends?: number;
  /** Whether the recording has the write of every message that they tell of. */
  hasAllWrites?: boolean;
  /** Writes the bench's files. */
  capture(bench: Workbench): Promise<Truth>;
}

type Words = (bench: Workbench) => string[];
type ServerWords = (bench: Workbench, port: number) => string[];

/** So many connections that none can be told by chance. */
const MANY = 64;
/** Of which the most comes when the capture has begun. */
const DOWNLOAD = '?bytes=400000&held';
const ALL_FAMILIES = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

/** A client, captured from its first byte. */
function client(name: string, words: Words): ConnectionCase {
  return { name, capture: (bench) => bench.captureCommand(words(bench)) };
}

/** A client of our server, captured from its first byte. */
function ours(name: string, program: string, ...words: (string | number)[]): ConnectionCase {
  return client(name, ({ server }) => programOf(program, server.port, ...words));
}

/** A client of our server whose connections are older than the capture. */
function late(name: string, program: string, ...words: (string | number)[]): ConnectionCase {
  return {
    name: `${name}, late`,
    capture: (bench) => bench.captureLate(programOf(program, bench.server.port, ...words, 'late')),
  };
}

/** A client of our server that only reads when the capture begins. */
function reader(name: string, program: string, ...words: (string | number)[]): ConnectionCase {
  return {
    name: `${name}, only reads`,
    capture: (bench) =>
      bench.captureLate(programOf(program, bench.server.port, ...words, 'download')),
  };
}

/** A client of peer.py. */
function withPeer(name: string, program: string, ...words: (string | number)[]): ConnectionCase {
  const command = (port: number) => programOf(program, port, ...words);
  return {
    name,
    capture: (bench) => bench.withPeer((port) => bench.captureCommand(command(port))),
  };
}

/** A client of peer.py whose connections are older than the capture. */
function lateWithPeer(
  name: string,
  program: string,
  ...words: (string | number)[]
): ConnectionCase {
  const command = (port: number) => programOf(program, port, ...words, 'late');
  return {
    name,
    capture: (bench) => bench.withPeer((port) => bench.captureLate(command(port))),
  };
}

/** A server by its pid, with clients outside of the capture. */
function server(
  name: string,
  words: ServerWords,
  clients: (port: number) => string[],
): ConnectionCase {
  return {
    name,
    capture: async (bench) => {
      const port = await freePort();
      return bench.captureServer(words(bench, port), () => outputOf(start(clients(port))));
    },
  };
}

const nodeServer: ServerWords = ({ pems }, port) => programOf('https-server.mjs', port, ...pems);

function nodeClients(...words: (string | number)[]): (port: number) => string[] {
  return (port) => programOf('https-client.mjs', port, ...words);
}

/** A server whose connections are older than the capture. */
function lateServer(name: string, words: ServerWords, version: 'h1' | 'h2'): ConnectionCase {
  return {
    name: `${name}, late`,
    capture: async (bench) => {
      const port = await freePort();
      const server = await startReady(words(bench, port));
      const clients = await startReady(nodeClients(MANY, 3, version, 'late')(port));
      await bench.captureWhile(server.pid, async () => {
        clients.type('go\n');
        await outputOf(clients);
      });
      return bench.newTruth().tellLines(await stop(server));
    },
  };
}

function urls({ server }: Workbench, count: number, query = ''): string[] {
  return Array.from({ length: count }, (_, number) => server.url(`/tok_c${number}_${query}`));
}

/** Both ends in one capture. */
async function captureBothEnds(bench: Workbench): Promise<Truth> {
  const port = await freePort();
  const server = programOf('peer.py', port, ...bench.pems).join(' ');
  const client = programOf('small_records.py', port, 16).join(' ');
  // As proc(5) has a socket that listens.
  const listens = `:${port.toString(16).toUpperCase()} 00000000:0000 0A`;
  const isUp = `until grep -q '${listens}' /proc/net/tcp; do sleep 0.05; done`;
  const script = `${server} & server=$!; ${isUp}; ${client}; kill $server; wait`;
  return bench.captureCommand(['sh', '-c', script]);
}

/** Processes that have the same pid, and TLS objects at the same addresses. */
function captureLives(bench: Workbench, kind: 'exec' | 'pid'): Promise<Truth> {
  return bench.withPeer((port) =>
    bench.captureCommand(['setarch', '-R', ...programOf('process_lives.py', port, kind)]),
  );
}

const openssl = 'openssl s_client -quiet -connect 127.0.0.1:';
const request = 'GET /tok_a_ HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n';

export const CASES: readonly ConnectionCase[] = [
  client('curl h1', (bench) => ['curl', '-sk', '--http1.1', ...urls(bench, 5)]),
  client('curl h2', (bench) => ['curl', '-sk', '--http2', '-d', 'tok_h2_', ...urls(bench, 5)]),
  client('curl -Z', (bench) => ['curl', '-skZ', '--http1.1', ...urls(bench, 40, '?bytes=20000')]),
  client('wget', (bench) => [
    ...['wget', '-q', '--no-check-certificate', '-O', '/dev/null'],
    ...urls(bench, 5),
  ]),
  {
    name: 'curl, TLS in TLS',
    capture: (bench) => captureCurlTunnel(bench, urls(bench, 5)),
  },
  client('openssl s_client', ({ server }) => [
    'sh',
    '-c',
    `(printf '${request}'; sleep 0.5) | ${openssl}${server.port}`,
  ]),
  { name: 'openssl s_server', capture: captureOpensslServer },
  withPeer('libssl with all kinds of BIOs', 'libssl.py'),

  ours('python http.client', 'http_client.py', 3, 3),
  late('python http.client', 'http_client.py', 3, 3),
  reader('python http.client', 'http_client.py', 1, 1, DOWNLOAD),
  ours('python http.client, all IP families', 'http_client.py', 6, 2, ...ALL_FAMILIES),
  ours('python http.client, 500 in sequence', 'http_client.py', 500, 1),
  ours(`python asyncio, ${MANY}`, 'asyncio_client.py', MANY, 3, '?bytes=5000'),
  late(`python asyncio, ${MANY}`, 'asyncio_client.py', MANY, 3, '?bytes=5000'),
  reader('python asyncio', 'asyncio_client.py', 8, 1, DOWNLOAD),
  lateWithPeer('python asyncio, only writes', 'upload.py', 4),
  lateWithPeer('python asyncio, small records, late', 'small_records.py', 8),
  ours('python asyncio, 100 in sequence', 'asyncio_client.py', 100, 1, 'sequential'),
  ours('python batches', 'batched_client.py', 24, 4),
  late('python batches', 'batched_client.py', 24, 4),
  reader('python batches', 'batched_client.py', 8, 1, DOWNLOAD),
  reader('python batches, slow', 'batched_client.py', 1, 1, '?bytes=5000000&held', 'slow'),
  server(
    'python batches, server',
    ({ pems }, port) => programOf('batched_server.py', port, ...pems),
    (port) => programOf('asyncio_client.py', port, 16, 3),
  ),
  ours('python I/O thread', 'batched_client.py', 24, 4, 'io-thread'),
  late('python I/O thread', 'batched_client.py', 24, 4, 'io-thread'),
  reader('python I/O thread', 'batched_client.py', 8, 1, DOWNLOAD, 'io-thread'),
  withPeer('python callbacks use other sockets', 'callbacks.py', 6),
  lateWithPeer('python callbacks use other sockets, late', 'callbacks.py', 6),
  { ...withPeer('python calls inside calls', 'nested.py', 7), hasAllWrites: true },

  ours(`node https, ${MANY}`, 'https-client.mjs', MANY, 3, 'h1'),
  late(`node https, ${MANY}`, 'https-client.mjs', MANY, 3, 'h1'),
  reader('node https', 'https-client.mjs', 8, 1, 'h1', DOWNLOAD),
  ours('node https, all IP families', 'https-client.mjs', 6, 2, 'h1', ...ALL_FAMILIES),
  ours(`node http2, ${MANY}`, 'https-client.mjs', MANY, 3, 'h2'),
  late(`node http2, ${MANY}`, 'https-client.mjs', MANY, 3, 'h2'),
  { name: 'node, TLS in TLS', capture: (bench) => captureNodeTunnels(bench) },
  { name: 'node, TLS in TLS, late', capture: (bench) => captureNodeTunnels(bench, 'late') },
  {
    name: 'node, TLS in TLS, only reads',
    capture: (bench) => captureNodeTunnels(bench, DOWNLOAD, 'download'),
  },
  server(`node https server, ${MANY}`, nodeServer, nodeClients(MANY, 3, 'h1')),
  lateServer(`node https server, ${MANY}`, nodeServer, 'h1'),
  server(
    'node https server, all IP families',
    nodeServer,
    nodeClients(6, 2, 'h1', ...ALL_FAMILIES),
  ),
  server(`node http2 server, ${MANY}`, nodeServer, nodeClients(MANY, 3, 'h2')),
  lateServer(`node http2 server, ${MANY}`, nodeServer, 'h2'),
  { name: 'node handlers write to other sockets', capture: captureChat },
  client('node, both ends in one process', ({ pems }) => programOf('both-ends.mjs', ...pems)),
  {
    name: 'node, both ends in one process, late',
    capture: (bench) => bench.captureLate(programOf('both-ends.mjs', ...bench.pems, 'late')),
  },

  { name: 'nginx, 4 workers', capture: captureNginx },
  { name: 'apache2 prefork', capture: captureApache },
  server(
    'fork after accept',
    ({ pems }, port) => programOf('forking_server.py', port, ...pems),
    nodeClients(12, 3, 'h1'),
  ),
  { name: 'exec with open sessions', capture: (bench) => captureLives(bench, 'exec') },
  { name: 'one pid after another', capture: (bench) => captureLives(bench, 'pid') },
  { name: 'both ends in one capture', capture: captureBothEnds },
  { name: 'equal addresses in two namespaces', capture: captureNamespaces },
  client('no TCP socket', ({ pems }) => programOf('no_socket.py', ...pems)),
  { ...withPeer('ends of connections', 'ends.py'), ends: 11 },
];
