// HOST:PORT: raw HTTP/1.1 in one connection: pipelined, in pieces, with an upload in chunks and one
// that waits for 100 Continue.
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';

const [host, port] = process.argv[2].split(':');
const socket = connect({ port: Number(port), host, rejectUnauthorized: false });
let received = '';
socket.on('data', (data) => {
  received += data.toString('latin1');
});

async function wait(count) {
  while (received.split('HTTP/1.1 ').length - 1 < count) await delay(5);
  received = '';
}

function head(method, path, ...lines) {
  return `${[`${method} ${path} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`;
}

socket.write(head('GET', '/plain') + head('GET', '/chunked') + head('GET', '/length'));
await wait(3);
for (const piece of head('GET', '/gzip', 'Accept-Encoding: gzip').match(/.{1,9}/gs)) {
  socket.write(piece);
  await delay(2);
}
await wait(1);
socket.write(head('POST', '/upload', 'Transfer-Encoding: chunked'));
for (const piece of ['one ', 'two ', 'three']) {
  socket.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  await delay(2);
}
socket.write('0\r\n\r\n');
await wait(1);
socket.write(head('PUT', '/late', 'Expect: 100-continue', 'Content-Length: 5'));
await wait(1);
socket.write('later');
await wait(1);
for (const path of ['/trailers', '/empty', '/same', '/early', '/large-head']) {
  socket.write(head('GET', path));
  await wait(path === '/early' ? 2 : 1);
}
socket.write(head('HEAD', '/length') + head('OPTIONS', '/plain') + head('DELETE', '/x'));
await wait(3);
socket.write(head('GET', '/plain', 'Connection: close'));
await wait(1);
