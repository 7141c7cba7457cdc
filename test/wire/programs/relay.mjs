// PORT KEY CERT UPSTREAM ALPN SIDE BYTES KEYS: forwards TLS to a server on 127.0.0.1. What SIDE (client
// or server) says is held after so many bytes; then it prints `held`, and goes on with the next
// line of stdin.
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';

const [port, key, cert, upstream, alpn, heldSide, bytes, keys] = process.argv.slice(2);
const ALPNProtocols = [alpn];
let held = Number(bytes);

function logKey(line) {
  appendFileSync(keys, line);
}

function send(socket, piece) {
  return new Promise((resolve) => socket.write(piece, resolve));
}

async function forward(from, to, side) {
  for await (let chunk of from) {
    if (side === heldSide && held > 0) {
      const piece = chunk.subarray(0, held);
      chunk = chunk.subarray(held);
      held -= piece.length;
      await send(to, piece);
      if (held === 0) {
        console.error('held');
        await once(process.stdin, 'data');
      }
    }
    if (chunk.length > 0) await send(to, chunk);
  }
  to.end();
}

const pems = { key: readFileSync(key), cert: readFileSync(cert) };
const server = createServer({ ...pems, ALPNProtocols }, (client) => {
  const options = { port: Number(upstream), host: '127.0.0.1', rejectUnauthorized: false };
  const onward = connect({ ...options, ALPNProtocols });
  onward.on('keylog', logKey);
  for (const socket of [client, onward]) socket.on('error', () => {});
  forward(client, onward, 'client').catch(() => onward.destroy());
  forward(onward, client, 'server').catch(() => client.destroy());
});
server.on('keylog', logKey);
server.listen(Number(port), '127.0.0.1');
