/**
 * Talks to websocket-server.ts, once in plain frames and once in compressed ones (RFC 7692), each
 * message after the echo of the one before.
 *
 * Usage: node --import tsx websocket-client.ts URL
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const MESSAGES = ['hello', 'how are you?', Buffer.alloc(200, 'plaincap')];

async function talk(perMessageDeflate: boolean): Promise<void> {
  const socket = new WebSocket(process.argv[2] as string, {
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
  });
  await once(socket, 'open');
  for (const message of MESSAGES) {
    socket.send(message);
    await once(socket, 'message');
  }
  socket.ping('are you there?');
  await once(socket, 'pong');
  socket.close(1000, 'that is all');
  await once(socket, 'close');
}

await talk(false);
await talk(true);
