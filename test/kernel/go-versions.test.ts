import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAddon } from '../../src/native/addon.ts';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { buildGo } from './go-build.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { succeed } from './program.ts';
import { NO_RESETS, readUnknownConnections, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
/** A compiler is fetched, and builds its standard library. */
const BUILD_MS = 400_000;

/**
 * Debian's later versions: with other code for entering a function (1.21), and without the begin of
 * the text in the function table (1.26).
 */
describe.each(['trixie', 'sid'])('a client built with the Go of %s', (suite) => {
  let server: NodeServer;
  let go: string;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    const script = join(import.meta.dirname, 'newer-go.sh');
    go = (await succeed('sh', [script, suite], { timeoutMs: BUILD_MS })).toString().trim();
  }, BUILD_MS);

  it.each([[['-ldflags=-s -w']], [['-buildmode=pie', '-ldflags=-s -w -linkmode=external']]])(
    'has each request of its goroutines: %j',
    async (flags) => {
      const program = await buildGo(folder, 'client', flags, go);
      const addon = loadAddon();
      const version = (await succeed(go, ['version'])).toString();
      expect(version).toContain(addon.readGoProgram(program, [])?.version);

      server.received.length = 0;
      const capture = join(folder, 'version.pcapng');
      const words = ['-goroutines', '16', '-requests', '5', '-bytes', '20000', '-upload', '20000'];
      await captureCommand([capture], [program, '-url', server.url(''), ...words]);
      const exchanges = await readHttp1Exchanges(capture);
      expect(exchanges.map(({ client, uri }) => `${client} ${uri}`).sort()).toEqual(
        server.received.map(({ client, path }) => `${client} ${server.url(path)}`).sort(),
      );
      expect(exchanges).toHaveLength(80);
      expect(await readUnknownConnections(capture)).toEqual([]);
      expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
    },
    BUILD_MS,
  );

  it(
    'has its connections when TLS goes through a net.Conn of its own',
    async () => {
      const program = await buildGo(folder, 'client', ['-ldflags=-s -w'], go);
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
});
