import { once } from 'node:events';
import { Agent, createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { captureCommand, captureWhile, plaincap } from './plaincap.ts';
import { Program } from './program.ts';
import { readSessions } from './recorded-sessions.ts';
import { readComplaints, readFields, readUnknownConnections, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

/** A thread a connection, each blocked in a call while it waits for its request. */
const SERVER = `
import http.server, socket, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    wbufsize = -1
    def do_GET(self):
        body = (self.path * 1000).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer.request_queue_size = 128
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
`;

async function startServer(): Promise<{ server: Program; port: number }> {
  const server = new Program('python3', ['-c', SERVER], { timeoutMs: 200_000 });
  await server.prints('\n');
  return { server, port: Number(server.stdout) };
}

/** Requests over connections that are kept. */
class Client {
  readonly #agent: Agent;
  readonly #origin: string;

  constructor(port: number, connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#origin = `http://127.0.0.1:${port}`;
    afterAll(() => this.#agent.destroy());
  }

  uri(path: string): string {
    return `${this.#origin}${path}`;
  }

  /** Returns the client's port. */
  async get(path: string): Promise<number> {
    const [response] = await once(get(this.uri(path), { agent: this.#agent }), 'response');
    const { localPort } = response.socket;
    expect(await text(response)).toBe(path.repeat(1000));
    return localPort;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function rangeOf(length: number): number[] {
  return Array.from({ length }, (_, number) => number);
}

it('has all requests of 64 connections whose threads wait at the same time', async () => {
  const capture = join(folder, 'parallel.pcapng');
  const recording = join(folder, 'parallel.cbor');
  const { server, port } = await startServer();
  const truth: string[] = [];
  await captureWhile(['--plain', '--pid', `${server.pid}`], [capture, recording], async () => {
    const client = new Client(port, 64);
    for (const round of [1, 2, 3]) {
      await Promise.all(
        rangeOf(64).map(async (number) => {
          const path = `/${round}/${number}`;
          truth.push(`127.0.0.1:${await client.get(path)} ${client.uri(path)}`);
        }),
      );
    }
    client.close();
  });
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri }) => `${client} ${uri}`).sort()).toEqual(truth.sort());
  expect(new Set(exchanges.map(({ tcpStream }) => tcpStream)).size).toBe(64);
  expect(await readComplaints(capture)).toEqual([]);
  const sessions = await readSessions(recording);
  expect(sessions.map(({ role }) => role)).toEqual(Array(64).fill('server'));
});

it('has the requests of a connection that is older than the capture, from then on', async () => {
  const capture = join(folder, 'old.pcapng');
  const { server, port } = await startServer();
  const client = new Client(port, 1);
  const clientPort = await client.get('/before');
  await captureWhile(['--plain', '--pid', `${server.pid}`], [capture], async () => {
    for (const number of [1, 2, 3]) expect(await client.get(`/${number}`)).toBe(clientPort);
  });
  client.close();
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, server, uri }) => ({ client, server, uri }))).toEqual(
    [1, 2, 3].map((number) => ({
      client: `127.0.0.1:${clientPort}`,
      server: `127.0.0.1:${port}`,
      uri: client.uri(`/${number}`),
    })),
  );
  const comments = await readFields(capture, 'frame.comment', ['frame.comment']);
  expect(`${comments[0]?.['frame.comment']}`).toContain('connection older than the capture');
  expect(await readWarnings(capture)).toEqual([]);
});

it('has each of 500 short connections, with its ends', async () => {
  const capture = join(folder, 'short.pcapng');
  const port = await startPlainServer();
  const client = `
import http.client
for number in range(500):
    connection = http.client.HTTPConnection('127.0.0.1', ${port})
    connection.request('GET', '/%d' % number, headers={'Connection': 'close'})
    assert connection.getresponse().read() == b'short'
    connection.close()
`;
  await captureCommand([capture], ['python3', '-c', client], { flags: ['--plain'] });
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ uri }) => uri)).toEqual(
    rangeOf(500).map((number) => `http://127.0.0.1:${port}/${number}`),
  );
  for (const flag of ['tcp.flags.syn == 1 && tcp.flags.ack == 0', 'tcp.flags.fin == 1']) {
    const streams = (await readFields(capture, flag, ['tcp.stream'])).map((row) => {
      return Number(row['tcp.stream'][0]);
    });
    expect([...new Set(streams)].sort((a, b) => a - b)).toEqual(rangeOf(500));
  }
  expect(await readUnknownConnections(capture)).toEqual([]);
});

it('tells of each byte that did not fit into the ring', async () => {
  const capture = join(folder, 'small-ring.pcapng');
  const port = await startPlainServer();
  const length = 8 * 2 ** 20;
  const client = `
import http.client
connection = http.client.HTTPConnection('127.0.0.1', ${port})
for body in (bytes(${length}), b''):
    connection.request('POST', '/%d' % len(body), body)
    connection.getresponse().read()
`;
  const { code, stderr } = await plaincap([
    ...['capture', '--plain', '-B', '64', '-w', capture, '--', 'python3', '-c', client],
  ]);
  expect(code).toBe(0);
  const [, bytes, lost] =
    / (\d+) bytes; (\d+) bytes lost \(ring-full: \d+ bytes of \d+ calls?\)\n$/.exec(stderr) ?? [];
  expect(Number(lost)).toBeGreaterThan(0);
  expect(Number(bytes) + Number(lost)).toBeGreaterThan(length);
  const rows = await readFields(capture, 'frame.comment contains "lost"', ['frame.comment']);
  const told = rows.map((row) =>
    Number(/(\d+) bytes lost here/.exec(`${row['frame.comment']}`)?.[1]),
  );
  expect(told.reduce((sum, each) => sum + each, 0)).toBe(Number(lost));
  expect((await readRequestUris(capture)).at(-1)).toBe(`http://127.0.0.1:${port}/0`);
});

async function startPlainServer(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('short'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => server.close());
  return (server.address() as AddressInfo).port;
}
