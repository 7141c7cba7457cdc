import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp2Exchanges, unknownHeaders } from './http2-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { sha256 } from './sha256.ts';
import { NO_RESETS, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const STREAMS = 20;
const numbers = Array.from({ length: STREAMS }, (_, index) => index + 1);

it('has each of 20 parallel HTTP/2 streams of curl with its request body', async () => {
  const server = await NodeServer.start(makeCertificate(folder));
  const capture = join(folder, 'node.pcapng');
  const target = server.url(`/[1-${STREAMS}]?bytes=50000`);
  const curl = ['curl', '-skZ', '--http2', '-o', '/dev/null', '-d', 'a=4711'];
  await captureCommand([capture], [...curl, target]);

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
