import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeCertificate } from '../../kernel/certificate.ts';
import { readHttp1Exchanges } from '../../kernel/http1-exchanges.ts';
import { NodeServer } from '../../kernel/node-server.ts';
import { captureWhile } from '../../kernel/plaincap.ts';
import { succeed } from '../../kernel/program.ts';
import { buildStaticClient } from '../../kernel/static-client.ts';
import { temporaryFolder } from '../../sink/temporary-folder.ts';

const folder = temporaryFolder();

const PYTHON_CLIENT = `import sys, urllib.request, ssl
urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read()`;

it('captures of all processes those whose program or library appears later', async () => {
  const capture = join(folder, 'all.pcapng');
  const server = await NodeServer.start(makeCertificate(folder));
  const program = buildStaticClient(folder);
  const paths = execFileSync('sh', ['-c', 'ls /usr/lib/*/libssl.so.3'], { encoding: 'utf8' });
  const libraries = join(folder, 'libraries');
  mkdirSync(libraries);
  for (const name of ['libssl.so.3', 'libcrypto.so.3']) {
    copyFileSync(join(dirname(paths.split('\n')[0] as string), name), join(libraries, name));
  }
  const env = { LD_LIBRARY_PATH: libraries };
  await captureWhile([], [capture], async () => {
    // Those are not held: what is missed is a request of a program's first process at most.
    for (const path of ['/first', '/second']) await succeed(program, [`${server.port}`, path]);
    await succeed('python3', ['-c', PYTHON_CLIENT, server.url('/python')], { env });
  });
  const exchanges = await readHttp1Exchanges(capture);
  // Other tests' requests are in it, too.
  const ours = exchanges.filter(({ uri }) => uri.startsWith(server.url('')));
  const urisOf = (comm: string) =>
    ours.filter((each) => each.interfaceName.startsWith(`${comm} (`)).map(({ uri }) => uri);
  expect(urisOf(basename(program))).toContain(server.url('/second'));
  expect(urisOf('python3')).toEqual([server.url('/python')]);
});
