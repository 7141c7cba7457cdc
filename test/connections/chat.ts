import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { freePort } from '../kernel/free-port.ts';
import type { Truth } from './truth.ts';
import { programOf, type Workbench } from './workbench.ts';

const CLIENTS = 16;
const ROUNDS = 5;
const ROUND_MS = 50;

/** handlers.mjs, and clients that say something now and then and hear what others said. */
export function captureChat(bench: Workbench): Promise<Truth> {
  return bench.withPeer(async (upstream) => {
    const port = await freePort();
    const server = programOf('handlers.mjs', port, ...bench.pems, upstream);
    return bench.captureServer(server, () => chat(port));
  });
}

async function chat(port: number): Promise<void> {
  const sockets = await Promise.all(Array.from({ length: CLIENTS }, () => join(port)));
  for (let round = 0; round < ROUNDS; round++) {
    for (const socket of sockets) socket.write(`round ${round}`);
    await delay(ROUND_MS);
  }
  for (const socket of sockets) socket.destroy();
}

async function join(port: number): Promise<TLSSocket> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    servername: 'localhost',
    ALPNProtocols: ['chat'],
    rejectUnauthorized: false,
  });
  socket.resume();
  await once(socket, 'secureConnect');
  return socket;
}
