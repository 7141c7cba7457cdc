import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp2Exchanges, unknownHeaders } from './http2-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { captureCommand } from './plaincap.ts';
import { sha256 } from './sha256.ts';
import { NO_RESETS, readComplaints } from './tshark.ts';

const folder = temporaryFolder();
const STREAMS = 20;

it('has each of 20 parallel HTTP/2 streams of curl, whole', async () => {
  const files = Object.fromEntries(
    Array.from({ length: STREAMS }, (_, index) => [
      `${index + 1}.bin`,
      randomBytes((index + 1) * 3000),
    ]),
  );
  const site = await NginxSite.write(folder, makeCertificate(folder), { files });
  await startNginx(site);
  const capture = join(folder, 'nginx.pcapng');
  const target = site.url(`/[1-${STREAMS}].bin`);
  const curl = ['curl', '-skZ', '--http2', '-H', 'X-Marker: 4711', '-o', '/dev/null'];
  await captureCommand([capture], [...curl, target, site.url('/not-there')]);

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
