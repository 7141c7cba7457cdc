import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { captureWhile } from './plaincap.ts';
import { Program, succeed } from './program.ts';
import { sha256 } from './sha256.ts';
import { NO_RESETS, readUnknownConnections, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

/** Tells the port that it listens on, and then a line of each request. */
const SERVICE = `
  const { readFileSync } = require('node:fs');
  const { createSecureServer } = require('node:http2');
  const [key, cert] = process.argv.slice(1).map((path) => readFileSync(path));
  const server = createSecureServer({ key, cert, allowHTTP1: true }, async (request, response) => {
    const hash = require('node:crypto').createHash('sha256');
    for await (const chunk of request) hash.update(chunk);
    const { remoteAddress, remotePort } = request.socket;
    console.log(remoteAddress + ':' + remotePort, request.method, request.url, hash.digest('hex'));
    response.end('heard of ' + request.url);
  });
  server.listen(0, '127.0.0.1', () => console.log('port', server.address().port, 'listening'));
`;

// Its BIO is memory, and it tells of reads and writes of all connections in one thread.
describe('a node server by its pid', () => {
  let service: Program;
  let url: string;

  beforeAll(async () => {
    const { key, cert } = makeCertificate(folder);
    service = new Program(process.execPath, ['-e', SERVICE, key, cert], { timeoutMs: 300_000 });
    await service.prints('listening');
    url = `https://localhost:${/port (\d+)/.exec(service.stdout)?.[1]}`;
  });

  it('has what curl asked for, on HTTP/1.1 and HTTP/2 at a time', async () => {
    const capture = join(folder, 'service.pcapng');
    const flags = ['-skZ', '--parallel-immediate', '-o', '/dev/null'];
    await captureWhile(['--pid', `${service.pid}`], [capture], () =>
      Promise.all([
        succeed('curl', [...flags, '--http1.1', `${url}/one/[1-20]`]),
        succeed('curl', [...flags, '--http2', `${url}/two/[1-20]`, '-d', 'a'.repeat(100_000)]),
      ]),
    );
    const truth = service.stdout.split('\n').filter((line) => line.includes(' /'));
    const http1 = await readHttp1Exchanges(capture);
    const http2 = await readHttp2Exchanges(capture);
    const seen = [
      ...http1.map((exchange) => ({ ...exchange, body: Buffer.alloc(0) })),
      ...http2.map((exchange) => ({ ...exchange, body: exchange.requestBody })),
    ].map(({ client, method, uri, body }) =>
      [client, method, uri.replace(url, ''), sha256(body)].join(' '),
    );
    expect(seen.sort()).toEqual(truth.sort());
    expect(seen).toHaveLength(40);
    for (const { interfaceName } of [...http1, ...http2]) {
      expect(interfaceName).toBe(`node (${service.pid})`);
    }
    for (const { uri, responseBody } of http2) {
      expect(responseBody.toString()).toBe(`heard of ${uri.replace(url, '')}`);
    }
    expect(await readUnknownConnections(capture)).toEqual([]);
    // Who closes first gets the other's last words too late: the kernel answers with an RST.
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});
