import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listInstalledLibraries } from '../../src/targets/installed-libraries.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand, captureWhile } from './plaincap.ts';
import { succeed } from './program.ts';

const folder = temporaryFolder();
/** What the dynamic linker gives to a program that is started with it in LD_LIBRARY_PATH. */
const copies = join(folder, 'lib');
const libssl = join(copies, 'libssl.so.3');
const installed = listInstalledLibraries().find((path) => basename(path) === 'libssl.so.3') ?? '';

describe('--lib', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder));
    mkdirSync(copies);
    for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
      copyFileSync(join(dirname(installed), name), join(copies, name));
    }
  });
  beforeEach(() => {
    server.received.length = 0;
  });

  /** Makes a request through the copy, and one through the system's own library. */
  function twoRequests(): string[] {
    const script = `
      LD_LIBRARY_PATH=${copies} curl -sk --http1.1 ${server.url('/copy')}
      curl -sk --http1.1 ${server.url('/system')}
    `;
    return ['sh', '-c', script];
  }

  it('captures of a command what goes through that file alone', async () => {
    const capture = join(folder, 'command.pcapng');
    await captureCommand([capture], twoRequests(), { flags: ['--lib', libssl] });
    expect(server.received.map(({ path }) => path)).toEqual(['/copy', '/system']);
    const uris = (await readHttp1Exchanges(capture)).map(({ uri }) => uri);
    expect(uris).toEqual([server.url('/copy')]);
  });

  it('captures every process that loads that file, without --pid and command', async () => {
    const capture = join(folder, 'library.pcapng');
    const env = { LD_LIBRARY_PATH: copies };
    await captureWhile(['--lib', libssl], [capture], () =>
      Promise.all([
        succeed('curl', ['-sk', '--http1.1', server.url('/copy/1')], { env }),
        succeed('curl', ['-sk', '--http1.1', server.url('/system')]),
        succeed('curl', ['-sk', '--http1.1', server.url('/copy/2')], { env }),
      ]),
    );
    const exchanges = await readHttp1Exchanges(capture);
    const truth = server.received.filter(({ path }) => path.startsWith('/copy'));
    expect(exchanges.map(({ client, uri }) => `${client} ${uri}`).sort()).toEqual(
      truth.map(({ client, path }) => `${client} ${server.url(path)}`).sort(),
    );
    expect(truth).toHaveLength(2);
    expect(server.received).toHaveLength(3);
  });

  it('may be given twice', async () => {
    const capture = join(folder, 'both.pcapng');
    const flags = ['--lib', libssl, '--lib', installed];
    await captureCommand([capture], twoRequests(), { flags });
    const uris = (await readHttp1Exchanges(capture)).map(({ uri }) => uri);
    expect(uris).toEqual([server.url('/copy'), server.url('/system')]);
  });
});
