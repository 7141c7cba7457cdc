import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/event.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { makeCertificate } from './certificate.ts';
import { captureWhile, startPlaincap } from './plaincap.ts';
import { Program } from './program.ts';
import { readEvents } from './recorded-calls.ts';
import { bytesOf, readSessions } from './recorded-sessions.ts';

const CONNECTIONS = 4;
const folder = temporaryFolder();
const recording = join(folder, 'socket-bio.cbor');

describe('a program that gives OpenSSL BIOs of its sockets', () => {
  let program: string;
  let server: Server;
  let sockets: TLSSocket[];

  beforeAll(async () => {
    program = compile('socket-bio', folder, ['-lssl', '-lcrypto']);
    const { key, cert } = makeCertificate(folder);
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) =>
      // The program may reset what we have ended.
      sockets.push(socket.on('error', () => {})),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return () => server.close();
  });
  beforeEach(() => {
    sockets = [];
  });

  const port = () => `${(server.address() as AddressInfo).port}`;

  /** Sends each connection its port, the last one first, and ends all when the program has it. */
  async function sayPorts(reader: Program): Promise<void> {
    while (sockets.length < CONNECTIONS) await once(server, 'secureConnection');
    for (const socket of sockets.toReversed()) {
      socket.write(`to ${socket.remotePort}`);
      await reader.prints(`${socket.remotePort} to ${socket.remotePort}\n`);
    }
    for (const socket of sockets) socket.end();
  }

  /** By the ports of the program's ends, in the order of their connections. */
  const messages = () => sockets.map(({ remotePort }) => [remotePort, `to ${remotePort}`]);

  async function recorded(): Promise<unknown[]> {
    const sessions = await readSessions(recording);
    return sessions
      .toSorted((one, other) => one.localPort - other.localPort)
      .map((session) => [session.localPort, bytesOf(session, 'read').toString()]);
  }

  it('has its connections from what OpenSSL does with the BIOs, or from the BIOs', async () => {
    const capture = startPlaincap(['capture', '-w', recording, '--', program, port()]);
    await capture.prints('ready');
    await sayPorts(capture);
    expect((await capture.ended).code).toBe(0);
    expect(await recorded()).toEqual(messages().toSorted());
    const evidence = new Map<number, Evidence[]>();
    await readEvents(recording, (event) => {
      if (event.kind !== 'session') return;
      evidence.set(event.session, [...(evidence.get(event.session) ?? []), event.evidence]);
    });
    expect([...evidence.values()]).toEqual([
      ['set-fd', 'fingerprint'], // BIO_new_socket
      ['fingerprint'],
      ['set-fd', 'fingerprint'],
      ['fingerprint'],
    ]);
  });

  it('has them also if they are older than the capture, and only read', async () => {
    const reader = new Program(program, [port()]);
    await reader.prints('ready');
    await captureWhile(['--pid', `${reader.pid}`], [recording], async () => {
      await sayPorts(reader);
      await reader.ended;
    });
    expect(await recorded()).toEqual(messages().toSorted());
  });
});
