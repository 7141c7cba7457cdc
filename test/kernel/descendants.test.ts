import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { succeed } from './program.ts';
import { readCalls } from './recorded-calls.ts';

const folder = temporaryFolder();
const certificate = makeCertificate(folder);

/** A child, two at a time, a child of a child, and one whose parent has left it. */
const FAMILY = `
  curl -sk --http1.1 $URL/inside/1
  curl -sk --http1.1 $URL/inside/2 &
  curl -sk --http1.1 $URL/inside/held &
  wait
  (sh -c "curl -sk --http1.1 $URL/inside/3; true"; true)
  (setsid sh -c "curl -sk --http1.1 $URL/inside/4; touch $DONE" &)
  while [ ! -e $DONE ]; do sleep 0.05; done
`;

it('captures a command and all that descends from it, and nobody else', async () => {
  const capture = join(folder, 'family.pcapng');
  const recording = join(folder, 'family.cbor');
  const done = freshPath(folder, 'done');
  const server = await NodeServer.start(certificate, {
    // Others use the same library and the same server while a captured curl waits in a call.
    async beforeAnswer({ path }) {
      if (path !== '/inside/held') return;
      for (let number = 1; number <= 5; number++) {
        await succeed('curl', ['-sk', '--http1.1', server.url(`/outside/${number}`)]);
      }
    },
  });

  await captureCommand([capture, recording], ['sh', '-c', FAMILY], {
    env: { URL: server.url(''), DONE: done },
  });
  expect(existsSync(done)).toBe(true);
  const paths = server.received.map(({ path }) => path);
  const inside = paths.filter((path) => path.startsWith('/inside/'));
  expect(inside).toHaveLength(5);
  expect(paths).toHaveLength(10);

  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ uri }) => uri).sort()).toEqual(
    inside.map((path) => server.url(path)).sort(),
  );
  expect(new Set(exchanges.map(({ interfaceName }) => interfaceName)).size).toBe(inside.length);
  for (const file of [capture, recording]) {
    expect(readFileSync(file).includes('/inside/held'), file).toBe(true);
    expect(readFileSync(file).includes('/outside/'), file).toBe(false);
  }
  const pids = (await readCalls(recording)).map(({ pid }) => pid);
  expect(new Set(pids).size).toBe(inside.length);
});
