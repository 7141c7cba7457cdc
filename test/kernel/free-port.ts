import { once } from 'node:events';
import { createServer } from 'node:net';
import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';

/** Below the ports that Linux gives to clients, so that none of them takes it meanwhile. */
const RANGE = { first: 20_000, ports: 12_000 };
const ATTEMPTS = 50;

/**
 * A port that nobody listens on, for a server that cannot listen on port 0. It is one that stands
 * as it is in the file: no dissector of Wireshark owns it.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = RANGE.first + Math.floor(Math.random() * RANGE.ports);
    if (!CLAIMED_PORTS.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port after ${ATTEMPTS} attempts`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
