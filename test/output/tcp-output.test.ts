import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DestinationError } from '../../src/sink/destination-error.ts';
import { fieldByStream } from '../flow/wireshark.ts';
import { Program } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { get, LiveScript, OK } from './live-script.ts';

const folder = temporaryFolder();

/** Where a capture to `tcp://…:0` listens, as it said. */
function portOf({ said }: LiveScript): number {
  return Number(/TCP@\S+:(\d+)$/.exec(said[0] ?? '')?.[1]);
}

test('tshark and dumpcap read at once, each from when it came', async () => {
  const script = await LiveScript.open(['tcp://127.0.0.1:0']);
  const source = `TCP@127.0.0.1:${portOf(script)}`;
  const session = script.conversation();
  const talk = (path: string) => {
    session.write(get(path));
    session.read(OK);
    script.outputs.flush();
  };
  const field = 'http.request.uri';
  const fields = ['-Y', field, '-T', 'fields', '-e', field];
  const tshark = new Program('tshark', ['-n', '-l', '-i', source, ...fields]);
  await script.untilReaders(1);
  talk('/1');
  await tshark.prints('/1\n');

  const file = join(folder, 'dumpcap.pcapng');
  const dumpcap = new Program('dumpcap', ['-q', '-i', source, '-w', file]);
  await script.untilReaders(2);
  talk('/2');
  await tshark.prints('/2\n');
  tshark.kill('SIGINT');
  expect((await tshark.ended).stdout.toString()).toBe('/1\n/2\n');
  talk('/3');
  await script.finish();
  expect((await dumpcap.ended).code).toBe(0);
  expect([...fieldByStream(file, 'http.request.uri').values()]).toEqual([['/2', '/3']]);
});

test('one that stalls holds up neither the others nor the end', async () => {
  const script = await LiveScript.open(['tcp://127.0.0.1:0']);
  const stalled = connect(portOf(script), '127.0.0.1').pause();
  const reading = connect(portOf(script), '127.0.0.1');
  let bytes = 0;
  reading.on('data', (chunk) => {
    bytes += chunk.length;
  });
  await script.untilReaders(2);
  const session = script.conversation();
  session.write(get('/'));
  const part = Buffer.alloc(64_000, 'x');
  // More than the system buffers for a connection, and we.
  for (let sent = 0; sent < 500; sent++) {
    session.read(part);
    while (bytes < (sent - 50) * part.length) await delay(1);
  }
  const { missedBytes = 0 } = await script.finish();
  expect(missedBytes).toBeGreaterThan(part.length);
  expect(bytes).toBeGreaterThan(500 * part.length);
  stalled.destroy();
});

test('with --once, the last reader that leaves ends the capture', async () => {
  const script = await LiveScript.open(['tcp://127.0.0.1:0'], { once: true });
  const readers = [0, 1].map(() => connect(portOf(script), '127.0.0.1').resume());
  await script.untilReaders(2);
  for (const reader of readers) {
    expect(script.counts.ends).toBe(0);
    reader.end();
    await once(reader, 'close');
  }
  await script.outputs.stopped;
  expect(script.counts.ends).toBe(1);
  await script.finish();
});

test('it listens on loopback unless another address is given, and says so then', async () => {
  const script = await LiveScript.open(['tcp://:0', 'tcp://[::1]:0', 'tcp://0.0.0.0:0']);
  expect(script.said).toEqual([
    expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+: wireshark -k -i TCP@127\.0\.0\.1:\d+$/),
    expect.stringMatching(/^tcp:\/\/\[::1\]:\d+: wireshark -k -i TCP@\[::1\]:\d+$/),
    expect.stringMatching(/^tcp:\/\/0\.0\.0\.0:\d+: wireshark -k -i TCP@0\.0\.0\.0:\d+$/),
    expect.stringMatching(/^tcp:\/\/0\.0\.0\.0:\d+ is open to other machines: /),
  ]);
  await script.finish();
});

test('a port that is in use is told in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await expect(LiveScript.open([place])).rejects.toThrow(
    new DestinationError(
      `${place}: another program listens there (EADDRINUSE); give another port, or 0 for any`,
    ),
  );
  server.close();
});
