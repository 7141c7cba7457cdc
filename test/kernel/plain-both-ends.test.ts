import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { readComplaints } from './tshark.ts';

const folder = temporaryFolder();

/** More than the sockets keep, so that send() returns when the server has read most of it. */
const REQUEST_BYTES = 50_000;

/** A server that answers when it has read all, and a client that makes one call for all. */
const BOTH_ENDS = `
import os, socket
listener = socket.create_server(('127.0.0.1', 0))
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
server = os.fork()
if server == 0:
    sock, _ = listener.accept()
    rest = ${REQUEST_BYTES}
    while rest > 0:
        rest -= len(sock.recv(65536))
    sock.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok')
    sock.recv(1)
    os._exit(0)
sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
sock.connect(listener.getsockname())
head = b'POST /early HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: '
length = ${REQUEST_BYTES} - len(head) - 9
request = head + b'%05d\\r\\n\\r\\n' % length + b'x' * length
assert sock.send(request) == ${REQUEST_BYTES}
sock.recv(65536)
sock.close()
os.waitpid(server, 0)
`;

it('has the client’s end though the server reads before the client’s call returns', async () => {
  const capture = join(folder, 'both.pcapng');
  const recording = join(folder, 'both.cbor');
  await captureCommand([capture, recording], ['python3', '-c', BOTH_ENDS], { flags: ['--plain'] });

  // It was read early, or this shows nothing.
  const calls = await readCalls(recording);
  const client = calls.find(({ bytes }) => bytes.length === REQUEST_BYTES)?.pid;
  expect(client).toBeDefined();
  expect(calls[0]?.direction).toBe('read');
  expect(calls[0]?.pid).not.toBe(client);

  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges).toMatchObject([
    { interfaceName: `python3 (${client})`, method: 'POST', status: 200 },
  ]);
  expect(await readComplaints(capture)).toEqual([]);
});
