import { join } from 'node:path';
import { expect } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import type { Exchange } from './exchange.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { shownServer } from './shown-server.ts';
import { NO_RESETS, readComplaints } from './tshark.ts';

const REQUESTS = 80;
const CONNECTIONS = 8;

/**
 * Captures a client's 80 requests over 8 connections, and fails unless each is on its own. A
 * client's BIO is memory: which socket carries a session, only the ciphertext tells.
 *
 * @param script of node, whose arguments are a URL to which each request adds its number, how many
 *   there are, and over how many connections
 */
export async function checkNodeClient(
  script: string,
  readExchanges: (capture: string) => Promise<Exchange[]>,
): Promise<void> {
  const folder = temporaryFolder();
  const capture = join(folder, 'node.pcapng');
  const recording = join(folder, 'node.cbor');
  const server = await NodeServer.start(makeCertificate(folder));
  const url = server.url('/number/');
  await captureCommand(
    [capture, recording],
    [process.execPath, '--input-type=module', '-e', script, url, `${REQUESTS}`, `${CONNECTIONS}`],
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
}
