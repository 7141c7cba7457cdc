/**
 * A WebSocket server (RFC 6455) that echoes every message.
 *
 * Usage: node --import tsx websocket-server.ts FOLDER HOST PORT
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { WebSocketServer } from 'ws';

const [folder, host, port] = process.argv.slice(2);
const server = createServer({
  key: readFileSync(`${folder}/key.pem`),
  cert: readFileSync(`${folder}/cert.pem`),
});
const chat = new WebSocketServer({ server, perMessageDeflate: { threshold: 0 } });
chat.on('connection', (socket) => {
  socket.on('message', (message, isBinary) => socket.send(message, { binary: isBinary }));
});
server.listen(Number(port), host, () => console.log('listening'));
