import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import type { Exchange } from './exchange.ts';
import { buildGo, startGoServer } from './go-build.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand, captureWhile } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { sha256 } from './sha256.ts';
import { exportHttpObjects, NO_RESETS, readUnknownConnections, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const GOROUTINES = 64;
const REQUESTS = 5;

/** What strangers to a Go program's symbols have to find their way in. */
const BUILDS: Record<string, string[]> = {
  'as go builds it': [],
  stripped: ['-ldflags=-s -w'],
  'position-independent': ['-buildmode=pie'],
  'stripped, position-independent, by an external linker': [
    '-buildmode=pie',
    '-ldflags=-s -w -linkmode=external',
  ],
};

let certificate: Certificate;
beforeAll(() => {
  certificate = makeCertificate(folder);
});

async function expectClean(capture: string): Promise<void> {
  expect(await readUnknownConnections(capture)).toEqual([]);
  // The client gives up connections that it need not any more: those end with an RST.
  expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
}

describe('a Go client', () => {
  let server: NodeServer;
  let program: string;

  beforeAll(async () => {
    server = await NodeServer.start(certificate);
    program = await buildGo(folder, 'client');
  }, 240_000);
  beforeEach(() => {
    server.received.length = 0;
  });

  function command(...words: string[]): string[] {
    return [program, '-url', server.url(''), ...words];
  }

  /** Each request that the server received is in the file, from where it came, and no other. */
  function expectReceived(exchanges: readonly Exchange[], requests: number): void {
    const seen = exchanges.map(
      ({ client, method, uri, status }) =>
        `${client} ${method} ${uri.slice(server.url('').length)} ${status}`,
    );
    const truth = server.received.map(
      ({ client, method, path }) => `${client} ${method} ${path} 200`,
    );
    expect(seen.sort()).toEqual(truth.sort());
    expect(seen).toHaveLength(requests);
  }

  const parallel = ['-goroutines', `${GOROUTINES}`, '-requests', `${REQUESTS}`];

  it.each(Object.keys(BUILDS))(
    'has each HTTP/1.1 request of its goroutines: %s',
    async (build) => {
      const capture = join(folder, 'http1.pcapng');
      const other = await buildGo(folder, 'client', BUILDS[build]);
      await captureCommand([capture], [other, ...command(...parallel).slice(1)]);
      expectReceived(await readHttp1Exchanges(capture), GOROUTINES * REQUESTS);
      await expectClean(capture);
    },
    240_000,
  );

  it.each(['1', '4'])('has each HTTP/2 stream with GOMAXPROCS=%s', async (threads) => {
    const capture = join(folder, 'http2.pcapng');
    const env = { GOMAXPROCS: threads };
    const words = command(...parallel, '-http2', '-bytes', '5000', '-upload', '3000');
    await captureCommand([capture], words, { env });
    const exchanges = await readHttp2Exchanges(capture);
    expectReceived(exchanges, GOROUTINES * REQUESTS + 1);
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream)).size).toBe(1);
    const bodies = new Map(server.received.map(({ path, bodySha256 }) => [path, bodySha256]));
    for (const { uri, requestBody, responseBody } of exchanges) {
      const path = uri.slice(server.url('').length);
      expect(sha256(requestBody), path).toBe(bodies.get(path));
      expect(sha256(responseBody), path).toBe(sha256(bodyOf(path)));
    }
    await expectClean(capture);
  });

  it('has all of large bodies, both ways', async () => {
    const capture = join(folder, 'large.pcapng');
    await captureCommand([capture], command('-bytes', '3000000', '-upload', '2000000'));
    expectReceived(await readHttp1Exchanges(capture), 3);
    const bodies = [...(await exportHttpObjects(capture)).values()].map(sha256);
    const truth = server.received.flatMap(({ path, bodySha256 }) => [
      bodySha256,
      sha256(bodyOf(path)),
    ]);
    expect(bodies.sort()).toEqual(truth.sort());
    await expectClean(capture);
  });

  it('has its connections when TLS goes through a net.Conn of its own', async () => {
    const capture = join(folder, 'wrapped.pcapng');
    await captureCommand([capture], command(...parallel, '-wrap', '-upload', '20000'));
    expectReceived(await readHttp1Exchanges(capture), GOROUTINES * REQUESTS);
    await expectClean(capture);
  });

  it('has its requests from then on when it ran before the capture', async () => {
    const capture = join(folder, 'late.pcapng');
    const [path, ...words] = command('-goroutines', '8', '-requests', '1', '-pause');
    const client = new Program(path as string, words, { typed: true });
    await client.prints('paused');
    server.received.length = 0;
    await captureWhile(['--pid', `${client.pid}`], [capture], async () => {
      client.type('\n');
      await client.ended;
    });
    expectReceived(await readHttp1Exchanges(capture), 1);
    await expectClean(capture);
  });

  it('has the request of each of many short processes', async () => {
    const capture = join(folder, 'short.pcapng');
    const script = 'for n in $(seq 20); do "$@" & "$@"; wait; done';
    const each = command('-requests', '1');
    await captureCommand([capture], ['sh', '-c', script, 'sh', ...each], {
      flags: ['--lib', program],
    });
    expectReceived(await readHttp1Exchanges(capture), 40);
    await expectClean(capture);
  });
});

describe('a Go server', () => {
  let program: string;

  beforeAll(async () => {
    program = await buildGo(folder, 'server', ['-ldflags=-s -w']);
  }, 240_000);

  /** Captures the running server while `traffic` runs against it. Returns the lines it printed. */
  async function captureServer(
    capture: string,
    traffic: (url: string) => Promise<unknown>,
  ): Promise<string[]> {
    const { program: server, port } = await startGoServer(program, certificate);
    await captureWhile(['--pid', `${server.pid}`], [capture], () =>
      traffic(`https://127.0.0.1:${port}`),
    );
    server.kill('SIGTERM');
    await server.ended;
    return server.stdout.trim().split('\n').slice(1);
  }

  function pathOf(uri: string): string {
    const { pathname, search } = new URL(uri);
    return `${pathname}${search}`;
  }

  it('has the HTTP/1.1 requests of its kept connections', async () => {
    const capture = join(folder, 'server-http1.pcapng');
    const curl = (url: string, number: number) =>
      succeed('curl', ['-sk', '--http1.1', '-d', 'a=4711', `${url}/${number}/[1-20]?bytes=5000`]);
    const lines = await captureServer(capture, (url) =>
      Promise.all(Array.from({ length: 8 }, (_, number) => curl(url, number))),
    );
    const exchanges = await readHttp1Exchanges(capture);
    const seen = exchanges.map(({ method, client, uri }) => `${method} ${client} ${pathOf(uri)} 6`);
    expect(seen.sort()).toEqual(lines.sort());
    expect(seen).toHaveLength(160);
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream)).size).toBe(8);
    await expectClean(capture);
  });

  it('has the HTTP/2 streams of its connections', async () => {
    const capture = join(folder, 'server-http2.pcapng');
    const curl = (url: string, number: number) =>
      succeed('curl', ['-sk', '--http2', '-Z', `${url}/${number}/[1-30]?bytes=20000`]);
    const lines = await captureServer(capture, (url) =>
      Promise.all(Array.from({ length: 4 }, (_, number) => curl(url, number))),
    );
    const exchanges = await readHttp2Exchanges(capture);
    const seen = exchanges.map(({ method, client, uri }) => `${method} ${client} ${pathOf(uri)} 0`);
    expect(seen.sort()).toEqual(lines.sort());
    expect(seen).toHaveLength(120);
    for (const { responseBody } of exchanges) {
      expect(responseBody.toString()).toBe('x'.repeat(20_000));
    }
    await expectClean(capture);
  });
});
