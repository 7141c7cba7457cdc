import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { sha256 } from './sha256.ts';
import { shownServer } from './shown-server.ts';
import {
  exportHttpObjects,
  NO_RESETS,
  readComplaints,
  readUnknownConnections,
  readWarnings,
} from './tshark.ts';

const folder = temporaryFolder();
const curl = ['curl', '-sk', '--http1.1'];

describe('curl on HTTP/1.1', () => {
  const files = {
    'small.bin': randomBytes(100),
    'large.bin': randomBytes(1_500_000),
    'compressible.txt': Buffer.from('a line that compresses well\n'.repeat(10_000)),
  };
  let site: NginxSite;
  let server: NodeServer;

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    site = await NginxSite.write(folder, certificate, { files });
    await startNginx(site);
    server = await NodeServer.start(certificate);
  });

  it('has what nginx served on one connection', async () => {
    const capture = join(folder, 'nginx.pcapng');
    const paths = ['/small.bin', '/large.bin', '/compressible.txt', '/not-there', '/accepted'];
    const targets = paths.flatMap((path) => ['-o', '/dev/null', site.url(path)]);
    await captureCommand([capture], [...curl, '--compressed', '-H', 'X-Marker: 4711', ...targets]);

    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ method, uri, status }) => ({ method, uri, status }))).toEqual(
      [200, 200, 200, 404, 202].map((status, index) => ({
        method: 'GET',
        uri: site.url(paths[index] as string),
        status,
      })),
    );
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream))).toEqual(new Set([0]));
    expect(exchanges.map(({ client }) => client)).toEqual(
      site.logged().map(({ client }) => client),
    );
    for (const exchange of exchanges) {
      const { client, server, interfaceName, requestHeaders, responseHeaders } = exchange;
      expect(server).toBe(shownServer('127.0.0.1', site.port, client));
      expect(interfaceName).toMatch(/^curl \(\d+\)$/);
      expect(requestHeaders).toMatchObject({ host: `localhost:${site.port}`, 'x-marker': '4711' });
      expect(responseHeaders.server).toMatch(/^nginx\//);
    }
    expect(exchanges[2]?.responseHeaders['content-encoding']).toBe('gzip');

    const objects = await exportHttpObjects(capture);
    for (const [name, bytes] of Object.entries(files)) {
      expect(sha256(objects.get(name) as Buffer), name).toBe(sha256(bytes));
    }
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });

  it('has what node received and answered on one connection of TLS 1.2', async () => {
    const capture = join(folder, 'node.pcapng');
    const upload = join(folder, 'upload.bin');
    writeFileSync(upload, randomBytes(1_200_000));
    const paths = ['/first', '/second?bytes=1500000', '/missing'];
    const targets = paths.flatMap((path) => ['-o', '/dev/null', server.url(path)]);
    const post = [
      '-sk',
      '--http1.1',
      '--tls-max',
      '1.2',
      '--data-binary',
      `@${upload}`,
      server.url('/upload'),
    ];
    await captureCommand([capture], [...curl, '--tls-max', '1.2', ...targets, '--next', ...post]);

    const exchanges = await readHttp1Exchanges(capture);
    expect(
      exchanges.map(({ client, method, uri, status, responseHeaders }) => [
        client,
        method,
        uri,
        status,
        responseHeaders['x-number'],
      ]),
    ).toEqual(
      server.received.map(({ client, method, path }, index) => [
        client,
        method,
        server.url(path),
        path === '/missing' ? 404 : 200,
        String(index + 1),
      ]),
    );
    expect(exchanges).toHaveLength(4);
    expect(new Set(exchanges.map(({ client }) => client)).size).toBe(1);

    const objects = await exportHttpObjects(capture);
    const hashes = [...objects.values()].map(sha256);
    for (const path of [...paths, '/upload']) expect(hashes).toContain(sha256(bodyOf(path)));
    expect(hashes).toContain(sha256(readFileSync(upload)));
    expect(hashes).toContain(server.received[3]?.bodySha256);
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });

  it('has 50 connections of one process, one after another', async () => {
    const capture = join(folder, 'connections.pcapng');
    server.received.length = 0;
    const target = ['-o', '/dev/null', server.url('/[1-50]')];
    await captureCommand([capture], [...curl, '-H', 'Connection: close', ...target]);
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ client, uri }) => `${client} ${uri}`)).toEqual(
      server.received.map(({ client, path }) => `${client} ${server.url(path)}`),
    );
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream)).size).toBe(50);
    expect(await readUnknownConnections(capture)).toEqual([]);
    // Who closes first gets the other's last words too late: the kernel answers with an RST.
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});
