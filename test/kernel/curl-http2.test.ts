import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import type { Exchange } from './exchange.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { sha256 } from './sha256.ts';
import { NO_RESETS, readComplaints, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const STREAMS = 20;
const numbers = Array.from({ length: STREAMS }, (_, index) => index + 1);
const curl = ['curl', '-sk', '--http2', '--parallel', '-H', 'X-Marker: 4711'];

/** Names and values that HPACK's table should hold and does not. */
function unknownHeaders(exchanges: readonly Exchange[]): string[] {
  return exchanges
    .flatMap(({ requestHeaders, responseHeaders }) => [requestHeaders, responseHeaders])
    .flatMap(Object.entries)
    .flat()
    .filter((text) => text.includes('<unknown'));
}

describe('curl with 20 parallel HTTP/2 streams', () => {
  const files = Object.fromEntries(
    numbers.map((number) => [`${number}.bin`, randomBytes(number * 3000)]),
  );
  let site: NginxSite;
  let server: NodeServer;

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    site = await NginxSite.write(folder, certificate, { files });
    await startNginx(site);
    server = await NodeServer.start(certificate);
  });

  it('has each stream of nginx', async () => {
    const capture = join(folder, 'nginx.pcapng');
    const target = site.url(`/[1-${STREAMS}].bin`);
    await captureCommand([capture], [...curl, '-o', '/dev/null', target, site.url('/not-there')]);

    const exchanges = await readHttp2Exchanges(capture);
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream))).toEqual(new Set([0]));
    expect(new Set(exchanges.map(({ http2Stream }) => http2Stream)).size).toBe(STREAMS + 1);
    const facts = exchanges.map(({ client, method, uri, status }) => [client, method, uri, status]);
    expect(facts.sort()).toEqual(
      site
        .logged()
        .map(({ client, method, path, status }) => [client, method, site.url(path), status])
        .sort(),
    );
    for (const { uri, requestHeaders, responseHeaders, responseBody } of exchanges) {
      const file = files[uri.slice(uri.lastIndexOf('/') + 1)];
      expect(requestHeaders['x-marker']).toBe('4711');
      expect(responseHeaders['content-length']).toBe(String(responseBody.length));
      if (file) expect(sha256(responseBody), uri).toBe(sha256(file));
      else expect(uri).toBe(site.url('/not-there'));
    }
    expect(unknownHeaders(exchanges)).toEqual([]);
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });

  it('has each stream of node, with its request body', async () => {
    const capture = join(folder, 'node.pcapng');
    const target = server.url(`/[1-${STREAMS}]?bytes=50000`);
    await captureCommand([capture], [...curl, '-o', '/dev/null', '-d', 'a=4711', target]);

    const exchanges = await readHttp2Exchanges(capture);
    expect(exchanges.map(({ uri }) => uri).sort()).toEqual(
      numbers.map((number) => server.url(`/${number}?bytes=50000`)).sort(),
    );
    expect(new Set(exchanges.map(({ tcpStream }) => tcpStream))).toEqual(new Set([0]));
    for (const exchange of exchanges) {
      const { method, uri, client, status, requestBody, responseBody } = exchange;
      const path = uri.slice(server.url('').length);
      const truth = server.received.find((received) => received.path === path);
      expect({ client, method, path, bodySha256: sha256(requestBody) }).toEqual({
        ...truth,
        headers: undefined,
      });
      expect(status).toBe(200);
      expect(sha256(responseBody)).toBe(sha256(bodyOf(path)));
    }
    expect(unknownHeaders(exchanges)).toEqual([]);
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});
