import { it } from 'vitest';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { checkNodeClient } from './node-client.ts';

/** Requests in parallel, on one session a connection. */
const CLIENT = `
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

it('has each HTTP/2 request of a node client on its connection', () =>
  checkNodeClient(CLIENT, readHttp2Exchanges));
