import { it } from 'vitest';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { checkNodeClient } from './node-client.ts';

/** Requests in parallel over connections that are kept. */
const CLIENT = `
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

it('has each HTTP/1.1 request of a node client on its connection', () =>
  checkNodeClient(CLIENT, readHttp1Exchanges));
