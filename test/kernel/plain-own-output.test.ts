import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { freePort } from './free-port.ts';
import { readRequestUris } from './http1-exchanges.ts';
import { plaincapWords } from './plaincap.ts';
import { Program } from './program.ts';

const folder = temporaryFolder();

/** Takes a connection, and keeps what comes. */
const SINK = `
import socket, sys
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
print('listens', flush=True)
sock, _ = listener.accept()
with open(sys.argv[2], 'wb', buffering=0) as file:
    while data := sock.recv(65536):
        file.write(data)
`;

/** Passes on its standard input; makes a file when it is connected. */
const SENDER = `
import os, socket, sys
sock = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
open(sys.argv[2], 'w').close()
while data := os.read(0, 65536):
    sock.sendall(data)
`;

/** All of it is captured: who passes the capture on, and who takes it at the other end. */
const SHELL = `
  exec 3< <(python3 -c "$SINK" $SINK_PORT $TAKEN)
  read listens <&3
  mkfifo $FIFO
  (cat $FIFO | python3 -c "$SENDER" $SINK_PORT $CONNECTED) &
  until [ -e $CONNECTED ]; do sleep 0.05; done
  $PLAINCAP capture --plain --pid $$ -w $FIFO &
  plaincap=$!
  read line
  curl -s -o /dev/null $URL/1 -o /dev/null $URL/2
  read line
  kill -INT $plaincap
  wait $plaincap
`;

it('does not capture its own output, and so for ever, where that goes through plain TCP', async () => {
  const server = createServer((_, response) => response.end('plain'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const taken = freshPath(folder, 'taken.pcapng');
  const shell = new Program('bash', ['-c', SHELL], {
    typed: true,
    env: {
      SINK,
      SENDER,
      SINK_PORT: `${await freePort()}`,
      TAKEN: taken,
      FIFO: freshPath(folder, 'fifo'),
      CONNECTED: freshPath(folder, 'connected'),
      PLAINCAP: plaincapWords().join(' '),
      URL: url,
    },
  });
  await shell.says('capturing');
  shell.type('go\n');
  while (!statSync(taken, { throwIfNoEntry: false })?.size) await delay(50);
  // It ends to grow, if only after its last flush.
  let size = 0;
  while (statSync(taken).size > size) {
    size = statSync(taken).size;
    await delay(1000);
  }

  shell.type('end\n');
  const { code, stderr } = await shell.ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const [, lost, own] =
    / (\d+) bytes lost \(own-output: (\d+) bytes of \d+ calls?\)$/m.exec(stderr) ?? [];
  expect(own).toBe(lost);
  // What the sink took until the capture ended; the statistics come after that.
  expect(Number(own)).toBeGreaterThanOrEqual(size);
  expect(Number(own)).toBeLessThan(2 * size);
  expect(await readRequestUris(taken)).toEqual([`${url}/1`, `${url}/2`]);
});
