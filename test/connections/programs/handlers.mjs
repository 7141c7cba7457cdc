// PORT KEY CERT UPSTREAM: a server whose handlers write to other sockets. Each message that it gets
// on a connection goes out, under names of its own, on the next connection, on a TLS connection and a
// plain TCP connection that it opened; handlers that OpenSSL calls (SNI, ALPN, key log) write too.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectPlain, createServer as createPlainServer } from 'node:net';
import { connect, createServer } from 'node:tls';

const [port, key, cert, upstream] = process.argv.slice(2);
const pems = { key: readFileSync(key), cert: readFileSync(cert) };
const clients = [];
let messages = 0;

function tell(token, role, { localAddress, localPort, remoteAddress, remotePort }) {
  const local = [localAddress, localPort];
  const remote = [remoteAddress, remotePort];
  console.log(JSON.stringify({ token, role, local, remote }));
}

const sink = createPlainServer((socket) => socket.resume()).listen(0, '127.0.0.1');
await once(sink, 'listening');
const plain = connectPlain(sink.address().port, '127.0.0.1');
await once(plain, 'connect');
const other = connect({ port: Number(upstream), host: '127.0.0.1', rejectUnauthorized: false });
await once(other, 'secureConnect');
other.resume();

function writeElsewhere(origin) {
  const number = messages++;
  plain.write(`plain ${number}`);
  const upstreamToken = `tok_u${number}_`;
  tell(upstreamToken, 'client', other);
  other.write(upstreamToken);
  const next = clients[(clients.indexOf(origin) + 1) % clients.length];
  if (!next?.writable || next.localPort === undefined) return;
  const token = `tok_s${number}_`;
  tell(token, 'server', next);
  next.write(token);
}

const server = createServer({
  ...pems,
  SNICallback: (_name, done) => {
    writeElsewhere();
    done(null);
  },
  ALPNCallback: ({ protocols }) => {
    writeElsewhere();
    return protocols[0];
  },
});
server.on('keylog', () => writeElsewhere());
server.on('secureConnection', (socket) => {
  clients.push(socket);
  socket.on('data', () => writeElsewhere(socket));
  socket.on('close', () => clients.splice(clients.indexOf(socket), 1));
  socket.on('error', () => {});
});
server.listen(Number(port), '127.0.0.1', () => console.error('ready'));
