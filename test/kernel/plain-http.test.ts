import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { bodyOf, type Received } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { sha256 } from './sha256.ts';
import {
  exportHttpObjects,
  readComplaints,
  readFields,
  readUnknownConnections,
  readWarnings,
} from './tshark.ts';

const folder = temporaryFolder();

/** An HTTP server of a folder for each port, and curl, with a network of their own. */
const EVERY_PORT = `
  ip link set lo up
  cd $FOLDER
  for port in $PORTS; do
    python3 -m http.server --bind 127.0.0.1 $port >/dev/null 2>&1 &
    servers="$servers $!"
  done
  for port in $PORTS; do
    curl -s --retry 100 --retry-connrefused --retry-delay 0 -o /dev/null \
      http://127.0.0.1:$port/shown.txt?$port -o /dev/null http://127.0.0.1:$port/missing?$port
  done
  kill $servers
`;

describe('plain HTTP', () => {
  it('is dissected on every port, also on those of other dissectors', async () => {
    const capture = join(folder, 'ports.pcapng');
    const recording = join(folder, 'ports.cbor');
    const ports = [80, 8080, 443, 5000, 8000, 54_321];
    const env = { FOLDER: import.meta.dirname, PORTS: ports.join(' ') };
    await captureCommand(
      [capture, recording],
      ['unshare', '--net', 'bash', '-c', EVERY_PORT.replaceAll('shown.txt', 'tshark.ts')],
      { env, flags: ['--plain'] },
    );
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ server, uri, status }) => ({ server, uri, status }))).toEqual(
      ports.flatMap((port) => {
        const origin = `127.0.0.1${port === 80 ? '' : `:${port}`}`;
        const server = `127.0.0.1:${[443, 5000].includes(port) ? 80 : port}`;
        return [
          { server, uri: `http://${origin}/tshark.ts?${port}`, status: 200 },
          { server, uri: `http://${origin}/missing?${port}`, status: 404 },
        ];
      }),
    );
    const comments = await readFields(capture, 'frame.comment contains "real"', ['frame.comment']);
    expect(
      comments.map((row) => / real server port (\d+)/.exec(`${row['frame.comment']}`)?.[1]),
    ).toEqual(['443', '443', '5000', '5000']); // prettier-ignore
    for (const { interfaceName } of exchanges) expect(interfaceName).toMatch(/^curl \(\d+\)$/);
    expect(await readComplaints(capture)).toEqual([]);

    const served = readFileSync(join(import.meta.dirname, 'tshark.ts'));
    const bodies = [...(await exportHttpObjects(capture)).values()];
    expect(bodies.filter((body) => body.equals(served))).toHaveLength(ports.length);

    const names = new Set((await readCalls(recording)).map((call) => call.function));
    expect(names).toEqual(new Set(['sendto', 'recvfrom']));
  });

  /** `/NAME?bytes=N` is answered with N bytes. */
  async function startServer(received: Received[], host = '127.0.0.1'): Promise<number> {
    const server = createServer(async (request, response) => {
      const { method = '', url = '', headers, socket } = request;
      const bodySha256 = sha256(Buffer.from(await text(request.setEncoding('latin1')), 'latin1'));
      const client = `${socket.remoteAddress}:${socket.remotePort}`;
      received.push({ client, method, path: url, headers, bodySha256 });
      response.end(bodyOf(url));
    });
    server.listen(0, host);
    await once(server, 'listening');
    afterAll(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  it('of a node client with connections that are kept has all requests and bodies', async () => {
    const capture = join(folder, 'node.pcapng');
    const received: Received[] = [];
    const port = await startServer(received);
    const client = `
      const { Agent, request } = require('node:http');
      const agent = new Agent({ keepAlive: true, maxSockets: 3 });
      const exchange = (number) => new Promise((resolve) => {
        const path = '/body-' + number + '?bytes=' + number * 7001;
        const req = request({ port: ${port}, host: '127.0.0.1', agent, path, method: 'POST' }, (res) => {
          res.resume().on('end', resolve);
        });
        req.end(Buffer.alloc(number * 5003, number));
      });
      Promise.all(Array.from({ length: 30 }, (_, number) => exchange(number + 1))).then(() => agent.destroy());
    `;
    await captureCommand([capture], ['node', '-e', client], { flags: ['--plain'] });
    const exchanges = await readHttp1Exchanges(capture);
    const sort = (lines: string[]) => lines.sort();
    expect(sort(exchanges.map(({ client, method, uri }) => `${client} ${method} ${uri}`))).toEqual(
      sort(
        received.map(({ client, method, path }) => {
          return `${client} ${method} http://127.0.0.1:${port}${path}`;
        }),
      ),
    );
    expect(exchanges).toHaveLength(30);
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream)).size).toBe(3);
    expect(await readWarnings(capture)).toEqual([]);

    const objects = await exportHttpObjects(capture);
    const shown = [...objects.values()].map(sha256);
    for (const { path, bodySha256 } of received) {
      expect(shown).toContain(bodySha256);
      expect(shown).toContain(sha256(bodyOf(path)));
    }
  });

  it.each([
    { host: '127.0.0.1', address: '127.0.0.1' },
    { host: '[::1]', address: '::1' },
    { host: '[::ffff:127.0.0.1]', address: '127.0.0.1' },
  ])('of a client of $host has its addresses', async ({ host, address }) => {
    const capture = join(folder, 'addresses.pcapng');
    const received: Received[] = [];
    const port = await startServer(received, '::');
    await captureCommand([capture], ['curl', '-sgo', '/dev/null', `http://${host}:${port}/a`], {
      flags: ['--plain'],
    });
    const [exchange, ...others] = await readHttp1Exchanges(capture);
    expect(others).toEqual([]);
    const client = `${address}:${received[0]?.client.split(':').at(-1)}`;
    expect(exchange).toMatchObject({ client, server: `${address}:${port}`, status: 200 });
    expect(await readUnknownConnections(capture)).toEqual([]);
  });

  it('in version 2 is dissected on any port', async () => {
    const capture = join(folder, 'h2c.pcapng');
    const server = createHttp2Server((request, response) => response.end(bodyOf(request.url)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const curl = `curl -s --http2-prior-knowledge -o /dev/null http://127.0.0.1:${port}/h2c`;
    const curls = [1, 2, 3].map((number) => `${curl}/${number}?bytes=100000`).join(' && ');
    await captureCommand([capture], ['sh', '-c', curls], { flags: ['--plain'] });
    server.close();
    const rows = await readFields(capture, 'http2.headers.path', [
      'http2.headers.path',
      'http2.headers.authority',
      'http2.headers.scheme',
    ]);
    expect(rows).toEqual(
      [1, 2, 3].map((number) => ({
        'http2.headers.path': [`/h2c/${number}?bytes=100000`],
        'http2.headers.authority': [`127.0.0.1:${port}`],
        'http2.headers.scheme': ['http'],
      })),
    );
    const ends = await readFields(capture, 'http2.body.reassembled.length == 100000', [
      'frame.number',
    ]);
    expect(ends).toHaveLength(3);
    expect(await readWarnings(capture)).toEqual([]);
  });
});
