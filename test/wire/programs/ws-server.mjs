// PORT KEY CERT: a WebSocket server that echoes every message, in frames of 20,000 bytes.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';

const FRAME_BYTES = 20_000;
const [port, key, cert] = process.argv.slice(2);
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
const chat = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
chat.on('connection', (socket) => {
  socket.on('message', (message, binary) => {
    for (let at = 0; at <= message.length; at += FRAME_BYTES) {
      const fin = at + FRAME_BYTES > message.length;
      socket.send(message.subarray(at, at + FRAME_BYTES), { binary, fin });
    }
  });
});
server.listen(Number(port), '127.0.0.1');
