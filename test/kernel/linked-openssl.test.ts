import { join } from 'node:path';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { bodyOf, NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { bytesOf, readCalls } from './recorded-calls.ts';
import { exportHttpObjects, NO_RESETS, readComplaints } from './tshark.ts';

const folder = temporaryFolder();
/** Where Debian has the library, which no program finds by itself. */
const BORINGSSL = `/usr/lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu/android`;

let server: NodeServer;
beforeAll(async () => {
  server = await NodeServer.start(makeCertificate(folder));
});
beforeEach(() => {
  server.received.length = 0;
});

it.each([
  {
    what: 'OpenSSL linked into it',
    compiler: ['-static', '-lssl', '-lcrypto'],
    flags: [],
  },
  {
    what: 'BoringSSL',
    compiler: [
      '-I/usr/include/android',
      `-L${BORINGSSL}`,
      `-Wl,-rpath,${BORINGSSL}`,
      ...['-lssl', '-lcrypto'],
    ],
    flags: ['--lib', join(BORINGSSL, 'libssl.so.0')],
  },
])('has the requests of a program with $what', async ({ compiler, flags }) => {
  const program = compile('openssl-get', folder, compiler);
  const capture = join(folder, 'capture.pcapng');
  const recording = join(folder, 'capture.cbor');
  const paths = ['/a', '/b?bytes=100000', '/c'];
  const command = [program, `${server.port}`, ...paths];
  const printed = await captureCommand([capture, recording], command, { flags });
  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri, status }) => [client, uri, status])).toEqual(
    paths.map((path) => [server.received[0]?.client, `https://localhost${path}`, 200]),
  );
  expect(server.received.map(({ path }) => path)).toEqual(paths);
  const bodies = [...(await exportHttpObjects(capture)).values()];
  const long = bodies.filter(({ length }) => length === 100_000);
  expect(long).toEqual([bodyOf('/b?bytes=100000')]);
  expect(bytesOf(await readCalls(recording), 'read').toString()).toBe(printed);
  expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
});
