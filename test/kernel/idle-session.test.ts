import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer, type TLSSocket } from 'node:tls';
import { expect, it } from 'vitest';
import { LiveCapture } from '../../src/capture/live-capture.ts';
import type { ConnectionEvent, Event, SessionEvent } from '../../src/event.ts';
import { requireLibrary } from '../../src/targets/library.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { Program } from './program.ts';

const folder = temporaryFolder();

const READER = `
  const socket = require('tls').connect(process.argv[1], { rejectUnauthorized: false });
  socket.on('data', (data) => process.stdout.write(data));
`;

it('the socket of an old session is found by what it reads, however long it was idle', async () => {
  const { key, cert } = makeCertificate(folder);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }).listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reader = new Program(process.execPath, ['-e', READER, `${port}`]);
  const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
  const say = async (text: string) => {
    socket.write(text);
    await reader.prints(text);
  };
  await say('before');

  const seekMs = 100;
  const live = new LiveCapture({
    ringBytes: 2 ** 20,
    watchAll: false,
    oldSessions: true,
    plain: false,
    seekMs,
  });
  live.watch(reader.pid);
  live.attach(requireLibrary(process.execPath));
  const events: Event[] = [];
  const running = live.run({ handle: (event) => events.push(event), afterBatch: () => undefined });
  const told = (): SessionEvent[] => events.filter((event) => event.kind === 'session');
  await delay(5 * seekMs);
  await say('one');
  while (told().length === 0) await delay(5);
  expect(told().map(({ connection }) => connection)).toEqual([0]);
  await say('two');
  live.stop();
  await running;
  live.close();
  reader.kill('SIGTERM');
  server.close();

  const connection = events.find((event): event is ConnectionEvent => event.kind === 'connection');
  expect(connection?.localPort).toBe(socket.remotePort);
  expect(connection?.remotePort).toBe(port);
  expect(connection?.role).toBe('client');
  expect(told().at(-1)?.connection).toBe(connection?.connection);
});
