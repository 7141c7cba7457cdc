import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeCertificate } from '../../kernel/certificate.ts';
import { NodeServer } from '../../kernel/node-server.ts';
import { captureWhile } from '../../kernel/plaincap.ts';
import { PrivateOpenssl } from '../../kernel/private-openssl.ts';
import { succeed } from '../../kernel/program.ts';
import { buildStaticClient } from '../../kernel/static-client.ts';
import { readFields } from '../../kernel/tshark.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const folder = temporaryFolder();

const PYTHON_CLIENT = `import sys, urllib.request, ssl
urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read()`;

it('captures of all processes those whose program or library appears later', async () => {
  const capture = join(folder, 'all.pcapng');
  const server = await NodeServer.start(makeCertificate(folder));
  const program = buildStaticClient(folder);
  const { env } = new PrivateOpenssl(folder);
  const clients = [
    { comm: basename(program), ask: (path: string) => succeed(program, [`${server.port}`, path]) },
    {
      comm: 'python3',
      ask: (path: string) => succeed('python3', ['-c', PYTHON_CLIENT, server.url(path)], { env }),
    },
  ];
  const isInCapture = (comm: string) => readFileSync(capture, 'latin1').includes(`${comm} (`);

  await captureWhile([], [capture], async () => {
    for (const { comm, ask } of clients) {
      // Nobody is held: what is asked before the probes are there is missed (docs/pick-up.md).
      const askEarly = async () => {
        await ask('/early');
        return isInCapture(comm);
      };
      await expect.poll(askEarly).toBe(true);
      await ask('/known');
    }
  });
  const answered = await readFields(capture, 'http.response_for.uri contains "/known"', [
    'frame.interface_name',
    'http.response_for.uri',
  ]);
  const seen = answered.map((row) => {
    const comm = row['frame.interface_name'][0]?.replace(/ \(\d+\)$/, '');
    return `${comm} ${row['http.response_for.uri'][0]}`;
  });
  expect(seen).toEqual(clients.map(({ comm }) => `${comm} ${server.url('/known')}`));
});
