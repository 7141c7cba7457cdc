// KEY CERT [late]: a client and its server in one process, as in tests of servers.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:tls';

const [key, cert, late] = process.argv.slice(2);
const pems = { key: readFileSync(key), cert: readFileSync(cert) };
const CONNECTIONS = 32;

const server = createServer(pems, (socket) => {
  socket.on('data', (data) => socket.write(data));
  socket.on('end', () => socket.end());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const sockets = await Promise.all(
  Array.from({ length: CONNECTIONS }, async () => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    return socket;
  }),
);

async function exchange(round) {
  await Promise.all(
    sockets.map(async (socket, number) => {
      const token = `tok_c${number}r${round}_`;
      const { localAddress, localPort, remoteAddress, remotePort } = socket;
      const local = [localAddress, localPort];
      const remote = [remoteAddress, remotePort];
      console.log(JSON.stringify({ token, role: 'client', local, remote }));
      socket.write(token.repeat(3));
      await once(socket, 'data');
    }),
  );
}

await exchange(0);
if (late) {
  console.error('ready');
  await once(process.stdin, 'data');
}
for (let round = 1; round < 4; round++) await exchange(round);
for (const socket of sockets) socket.end();
server.close();
process.stdin.destroy();
