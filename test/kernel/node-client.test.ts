import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { shownServer } from './shown-server.ts';
import { NO_RESETS, readComplaints } from './tshark.ts';

const folder = temporaryFolder();
const REQUESTS = 80;
const CONNECTIONS = 8;

/** Requests in parallel over connections that are kept. */
const HTTP1_CLIENT = `
  import { Agent, get } from 'node:https';
  import { text } from 'node:stream/consumers';
  const [url, requests, connections] = process.argv.slice(1);
  const maxSockets = Number(connections);
  const agent = new Agent({ keepAlive: true, maxSockets, rejectUnauthorized: false });
  await Promise.all(Array.from({ length: Number(requests) }, async (_, number) => {
    const response = await new Promise((resolve) => get(url + number, { agent }, resolve));
    await text(response);
  }));
  agent.destroy();
`;

/** The same requests on one session a connection. */
const HTTP2_CLIENT = `
  import { connect } from 'node:http2';
  import { text } from 'node:stream/consumers';
  const [url, requests, connections] = process.argv.slice(1);
  const { origin, pathname } = new URL(url);
  const sessions = Array.from({ length: Number(connections) }, () =>
    connect(origin, { rejectUnauthorized: false }));
  await Promise.all(Array.from({ length: Number(requests) }, (_, number) =>
    text(sessions[number % sessions.length].request({ ':path': pathname + number }))));
  for (const session of sessions) session.close();
`;

// Its BIO is memory: which socket carries a session, only the ciphertext tells.
describe('a node client with 8 connections', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
  });

  it.each([
    { protocol: 'HTTP/1.1', client: HTTP1_CLIENT, readExchanges: readHttp1Exchanges },
    { protocol: 'HTTP/2', client: HTTP2_CLIENT, readExchanges: readHttp2Exchanges },
  ])('has each $protocol request on its connection', async ({ client, readExchanges }) => {
    const capture = join(folder, 'node.pcapng');
    const recording = join(folder, 'node.cbor');
    server.received.length = 0;
    const script = ['--input-type=module', '-e', client];
    const url = server.url('/number/');
    await captureCommand(
      [capture, recording],
      [process.execPath, ...script, url, `${REQUESTS}`, `${CONNECTIONS}`],
    );
    const exchanges = await readExchanges(capture);
    const seen = exchanges.map(({ client, uri }) => `${client} ${uri}`);
    const truth = server.received.map(({ client, path }) => `${client} ${server.url(path)}`);
    expect(seen.sort()).toEqual(truth.sort());
    expect(seen).toHaveLength(REQUESTS);
    expect(new Set(exchanges.map(({ client }) => client)).size).toBe(CONNECTIONS);
    for (const exchange of exchanges) {
      expect(exchange.server).toBe(shownServer('127.0.0.1', server.port, exchange.client));
      expect(exchange.status).toBe(200);
    }
    const reads = (await readCalls(recording)).filter(({ direction }) => direction === 'read');
    for (const { path } of server.received) {
      expect(reads.some(({ bytes }) => bytes.includes(bodyOf(path)))).toBe(true);
    }
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });
});
