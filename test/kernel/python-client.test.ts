import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { sha256 } from './sha256.ts';
import { exportHttpObjects, NO_RESETS, readComplaints, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

const HTTP_CLIENT = `
import http.client, ssl, sys
context = ssl._create_unverified_context()
connection = http.client.HTTPSConnection('127.0.0.1', int(sys.argv[1]), context=context)
for path in sys.argv[2:]:
    connection.request('GET', path, headers={'X-Marker': '4711'})
    connection.getresponse().read()
connection.close()
`;

const UPLOAD = `
import os, socket, ssl, sys
port, length = int(sys.argv[1]), int(sys.argv[2])
context = ssl._create_unverified_context()
with context.wrap_socket(socket.create_connection(('127.0.0.1', port))) as sock:
    head = 'POST /upload HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n'
    sock.sendall((head + 'Content-Length: %d\\r\\n\\r\\n' % length).encode())
    sock.sendall(os.urandom(length))
    while sock.recv(65536):
        pass
`;

/** Connections at a time: in threads, or with memory BIOs in one thread. */
const THREADS = `
import concurrent.futures, http.client, ssl, sys
context = ssl._create_unverified_context()
def ask(path):
    connection = http.client.HTTPSConnection('127.0.0.1', int(sys.argv[1]), context=context)
    for turn in 'abc':
        connection.request('GET', path + turn)
        connection.getresponse().read()
    connection.close()
with concurrent.futures.ThreadPoolExecutor(8) as threads:
    list(threads.map(ask, sys.argv[2:]))
`;
const ASYNCIO = `
import asyncio, ssl, sys
context = ssl._create_unverified_context()
async def ask(path):
    reader, writer = await asyncio.open_connection('127.0.0.1', int(sys.argv[1]), ssl=context)
    for turn in 'abc':
        writer.write(b'GET %s HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n' % (path + turn).encode())
        await reader.readuntil(b'0\\r\\n\\r\\n')
    writer.close()
    await writer.wait_closed()
async def main():
    await asyncio.gather(*map(ask, sys.argv[2:]))
asyncio.run(main())
`;

describe('a Python client', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
  });

  it('has the requests of http.client', async () => {
    const capture = join(folder, 'http-client.pcapng');
    const paths = ['/a', '/b?bytes=70000', '/c'];
    await captureCommand([capture], ['python3', '-c', HTTP_CLIENT, `${server.port}`, ...paths]);
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ client, uri }) => [client, uri])).toEqual(
      server.received.map(({ client, path }) => [
        client,
        `https://127.0.0.1:${server.port}${path}`,
      ]),
    );
    expect(exchanges).toHaveLength(paths.length);
    for (const { requestHeaders } of exchanges) expect(requestHeaders['x-marker']).toBe('4711');
  });

  it.each([
    { what: 'threads', client: THREADS },
    { what: 'asyncio', client: ASYNCIO },
  ])('has each request on its connection, of $what', async ({ what, client }) => {
    const capture = join(folder, `${what}.pcapng`);
    server.received.length = 0;
    const paths = Array.from({ length: 24 }, (_, number) => `/${number}/`);
    await captureCommand([capture], ['python3', '-c', client, `${server.port}`, ...paths]);
    const exchanges = await readHttp1Exchanges(capture);
    const seen = exchanges.map(({ client, uri }) => `${client} ${new URL(uri).pathname}`);
    const truth = server.received.map(({ client, path }) => `${client} ${path}`);
    expect(seen.sort()).toEqual(truth.sort());
    expect(seen).toHaveLength(3 * paths.length);
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });

  it.each([1, 8])('has all of a single write of %d MiB', async (mebibytes) => {
    const capture = join(folder, 'upload.pcapng');
    const recording = join(folder, 'upload.cbor');
    const length = mebibytes * 2 ** 20;
    server.received.length = 0;
    await captureCommand(
      [capture, recording],
      ['python3', '-c', UPLOAD, `${server.port}`, `${length}`],
    );
    const calls = await readCalls(recording);
    expect(calls.filter(({ direction }) => direction === 'write').at(-1)?.length).toBe(length);
    const bodies = [...(await exportHttpObjects(capture)).values()];
    const truth = server.received.map(({ bodySha256 }) => bodySha256);
    expect(truth).toHaveLength(1);
    expect(bodies.filter((body) => body.length === length).map(sha256)).toEqual(truth);
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});
