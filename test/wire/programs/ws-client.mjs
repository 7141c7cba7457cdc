// HOST:PORT: talks to ws-server.mjs, in plain frames and in compressed ones (RFC 7692).
import { on, once } from 'node:events';
import { WebSocket } from 'ws';

const address = process.argv[2];
const MANY = 50;
const MESSAGES = ['', 'hello', Buffer.alloc(200, 'binary '), 'x'.repeat(70_000)];

async function talk(perMessageDeflate) {
  const options = { rejectUnauthorized: false, perMessageDeflate };
  const socket = new WebSocket(`wss://${address}/chat`, options);
  await once(socket, 'open');
  for (const message of MESSAGES) {
    socket.send(message);
    await once(socket, 'message');
  }
  // Both ends at the same time, without waiting.
  for (let number = 0; number < MANY; number++) socket.send(`number ${number}`);
  let echoed = 0;
  for await (const _ of on(socket, 'message')) {
    if (++echoed === MANY) break;
  }
  socket.ping('are you there?');
  await once(socket, 'pong');
  socket.close(1000, 'that is all');
  await once(socket, 'close');
}

await talk(false);
await talk({ threshold: 0 });
