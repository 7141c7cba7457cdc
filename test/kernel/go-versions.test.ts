import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAddon } from '../../src/native/addon.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { buildGo, startGoServer } from './go-build.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand, captureWhile } from './plaincap.ts';
import { succeed } from './program.ts';
import { agreedIn, readHandshakes } from './recorded-handshakes.ts';
import { NO_RESETS, readComplaints, readUnknownConnections } from './tshark.ts';

const folder = temporaryFolder();
/** A compiler is fetched, and builds its standard library. */
const BUILD_MS = 400_000;

const STRIPPED = ['-ldflags=-s -w'];
const POSITION_INDEPENDENT = ['-buildmode=pie', '-ldflags=-s -w -linkmode=external'];

/**
 * Debian's later versions: with other code for entering a function (1.21), and without the begin of
 * the text in the function table (1.26).
 */
describe.each([
  { suite: 'trixie', builds: [STRIPPED] },
  // Each way to build takes a minute for the standard library alone. Addresses that move are those
  // of the oldest, in go-http.test.ts, and of the newest.
  { suite: 'sid', builds: [STRIPPED, POSITION_INDEPENDENT] },
])('a client built with the Go of $suite', ({ suite, builds }) => {
  let certificate: Certificate;
  let server: NodeServer;
  let go: string;

  beforeAll(async () => {
    certificate = makeCertificate(folder);
    server = await NodeServer.start(certificate);
    const script = join(import.meta.dirname, 'newer-go.sh');
    go = (await succeed('sh', [script, suite], { timeoutMs: BUILD_MS })).toString().trim();
  }, BUILD_MS);

  it.each(builds.map((flags) => [flags]))(
    'has each request of its goroutines: %j',
    async (flags) => {
      const program = await buildGo(folder, 'client', flags, go);
      const addon = loadAddon();
      const version = (await succeed(go, ['version'])).toString();
      expect(version).toContain(addon.readGoProgram(program, [])?.version);

      server.received.length = 0;
      server.agreed.length = 0;
      const capture = join(folder, 'version.pcapng');
      const recording = join(folder, 'version.cbor');
      const words = ['-goroutines', '16', '-requests', '5', '-bytes', '20000', '-upload', '20000'];
      await captureCommand([capture, recording], [program, '-url', server.url(''), ...words]);
      const exchanges = await readHttp1Exchanges(capture);
      expect(exchanges.map(({ client, uri }) => `${client} ${uri}`).sort()).toEqual(
        server.received.map(({ client, path }) => `${client} ${server.url(path)}`).sort(),
      );
      expect(exchanges).toHaveLength(80);
      // Go opens more connections than it needs: the last may be in its handshake when the program
      // ends.
      const handshakes = (await readHandshakes(recording)).map(agreedIn);
      const used = new Set(exchanges.map(({ client }) => client)).size;
      expect(handshakes.length).toBeGreaterThanOrEqual(used);
      expect(handshakes).toEqual(server.agreed.slice(0, handshakes.length));
      expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
    },
    BUILD_MS,
  );

  it(
    'has its connections when TLS goes through a net.Conn of its own',
    async () => {
      const program = await buildGo(folder, 'client', STRIPPED, go);
      server.received.length = 0;
      const capture = join(folder, 'wrapped.pcapng');
      await captureCommand([capture], [program, '-url', server.url(''), '-wrap']);
      const exchanges = await readHttp1Exchanges(capture);
      expect(exchanges.map(({ client }) => client)).toEqual(
        server.received.map(({ client }) => client),
      );
      expect(exchanges).toHaveLength(3);
      expect(await readUnknownConnections(capture)).toEqual([]);
    },
    BUILD_MS,
  );

  it(
    'has the requests to a server, which listens for MPTCP too',
    async () => {
      const program = await buildGo(folder, 'server', STRIPPED, go);
      const { program: listening, port } = await startGoServer(program, certificate, {
        timeoutMs: BUILD_MS,
      });
      const url = `https://127.0.0.1:${port}`;
      const capture = join(folder, 'server.pcapng');
      const recording = join(folder, 'server.cbor');
      await captureWhile(['--pid', `${listening.pid}`], [capture, recording], () =>
        succeed('curl', ['-sk', '--http1.1', `${url}/[1-20]?bytes=5000`]),
      );
      listening.kill('SIGTERM');
      const lines = (await listening.ended).stdout.toString().trim().split('\n').slice(1);
      const exchanges = await readHttp1Exchanges(capture);
      expect(
        exchanges.map(
          ({ method, client, uri }) => `${method} ${client} ${uri.slice(url.length)} 0`,
        ),
      ).toEqual(lines);
      expect(exchanges).toHaveLength(20);
      expect(await readHandshakes(recording)).toMatchObject([
        { role: 'server', version: 0x0304, alpn: 'http/1.1', serverName: '' },
      ]);
      expect(await readUnknownConnections(capture)).toEqual([]);
    },
    BUILD_MS,
  );
});
