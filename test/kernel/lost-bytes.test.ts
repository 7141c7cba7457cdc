import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { plaincap } from './plaincap.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const BODY_BYTES = 2 ** 21;
const RING_KIB = 64;

/** A body in one call, far more than the ring holds, and a small request behind it. */
const CLIENT = `
import socket, ssl, sys
port, length = int(sys.argv[1]), int(sys.argv[2])
context = ssl._create_unverified_context()
with context.wrap_socket(socket.create_connection(('127.0.0.1', port))) as sock:
    head = 'POST /upload HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: %d\\r\\n\\r\\n' % length
    sock.sendall(head.encode())
    sock.sendall(bytes(length))
    sock.recv(65536)
    sock.sendall(b'GET /after HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n')
    while sock.recv(65536):
        pass
`;

it('tells of each byte that did not fit into the ring, and what follows is dissected', async () => {
  const capture = join(folder, 'small-ring.pcapng');
  const server = await NodeServer.start(makeCertificate(folder));
  const client = ['python3', '-c', CLIENT, `${server.port}`, `${BODY_BYTES}`];
  const { code, stderr } = await plaincap([
    ...['capture', '-B', `${RING_KIB}`, '-w', capture, '--'],
    ...client,
  ]);
  expect(code).toBe(0);
  expect(server.received.map(({ path }) => path)).toEqual(['/upload', '/after']);

  const [, bytes, lost, ringFull] =
    / (\d+) bytes; (\d+) bytes lost \(ring-full: (\d+) bytes of \d+ calls?\)\n$/.exec(stderr) ?? [];
  expect(Number(lost)).toBeGreaterThan(BODY_BYTES / 2);
  expect(ringFull).toBe(lost);
  expect(Number(bytes) + Number(lost)).toBeGreaterThan(BODY_BYTES);

  const rows = await readFields(capture, 'frame.comment contains "lost" || http.request', [
    'frame.comment',
    'http.request.full_uri',
    'http.content_length',
  ]);
  const told = rows.flatMap((row) =>
    row['frame.comment'].flatMap((text) => Number(/(\d+) bytes lost here/.exec(text)?.[1] ?? 0)),
  );
  expect(told.reduce((sum, each) => sum + each, 0)).toBe(Number(lost));
  const requests = rows.filter((row) => row['http.request.full_uri'].length > 0);
  expect(requests.map((row) => [row['http.request.full_uri'], row['http.content_length']])).toEqual(
    [
      [['https://localhost/upload'], [`${BODY_BYTES}`]],
      [['https://localhost/after'], []],
    ],
  );
});
