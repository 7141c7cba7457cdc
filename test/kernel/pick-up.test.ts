import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, plaincap, startPlaincap } from './plaincap.ts';
import { PrivateOpenssl } from './private-openssl.ts';
import { Program } from './program.ts';
import { buildStaticClient } from './static-client.ts';
import { NO_RESETS, readComplaints } from './tshark.ts';

const folder = temporaryFolder();
const capture = join(folder, 'capture.pcapng');
const nodeClient = join(folder, 'client.mjs');
const pythonClient = join(folder, 'client.py');
let server: NodeServer;
let staticClient: string;
/** Files of their own, which no search finds. */
let openssl: PrivateOpenssl;

beforeAll(async () => {
  server = await NodeServer.start(makeCertificate(folder));
  staticClient = buildStaticClient(folder);
  writeFileSync(
    nodeClient,
    `import { get } from 'node:https';
     get(process.argv[2], { rejectUnauthorized: false, agent: false }, (response) => response.resume());`,
  );
  writeFileSync(
    pythonClient,
    `import sys, urllib.request, ssl
urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read()`,
  );
  openssl = new PrivateOpenssl(folder);
});

beforeEach(() => {
  server.received.length = 0;
});

/** The capture has what the server received, each request on its connection, and nothing else. */
async function expectTruth(paths: readonly string[]): Promise<void> {
  const line = (client: string, uri: string) => `${client} ${uri}`;
  const seen = (await readHttp1Exchanges(capture)).map(({ client, uri }) => line(client, uri));
  const truth = server.received.map(({ client, path }) => line(client, server.url(path)));
  expect(seen.sort()).toEqual(truth.sort());
  expect(server.received.map(({ path }) => path).sort()).toEqual([...paths].sort());
  expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
}

function writeScript(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

const request = (path: string) => `${staticClient} ${server.port} ${path}`;

describe('of a command, the first request of', () => {
  it('a node that a shell starts', async () => {
    await captureCommand([capture], ['sh', '-c', `node ${nodeClient} ${server.url('/1')}; true`]);
    await expectTruth(['/1']);
  });

  it('a script of node that scripts start, as npx does', async () => {
    const script = writeScript('inner.mjs', `#!/usr/bin/env node\n${readFileSync(nodeClient)}`);
    const outer = writeScript('outer', `#!/bin/sh\n${script} "$1"\ntrue\n`);
    await captureCommand([capture], [outer, server.url('/1')]);
    await expectTruth(['/1']);
  });

  it('a program with OpenSSL inside, by each way to get there', async () => {
    const inChild = `sh -c '${request('/child')}; true'`;
    await captureCommand([capture], ['sh', '-c', `${inChild}; exec env A=1 ${request('/self')}`]);
    await expectTruth(['/child', '/self']);
  });

  it('a Python with its own copy of libssl', async () => {
    const python = `python3 ${pythonClient} ${server.url('/1')}`;
    await captureCommand(
      [capture],
      ['sh', '-c', `LD_LIBRARY_PATH=${openssl.folder} ${python}; true`],
    );
    await expectTruth(['/1']);
  });

  it('a library that the command itself loads late', async () => {
    const env = ['env', `LD_LIBRARY_PATH=${openssl.folder}`];
    await captureCommand([capture], [...env, 'python3', pythonClient, server.url('/1')]);
    await expectTruth(['/1']);
  });

  it('a program in another mount namespace, where libssl is another file', async () => {
    const script = `mount --bind ${openssl.folder}/libssl.so.3 ${openssl.original}
      curl -sk --http1.1 ${server.url('/inside')}`;
    const inside = `unshare -m sh -c '${script}'`;
    const outside = `curl -sk --http1.1 ${server.url('/outside')}`;
    await captureCommand([capture], ['sh', '-c', `${inside}; ${outside}`]);
    await expectTruth(['/inside', '/outside']);
  });

  it('each of 50 programs that nobody has seen before, one after another', async () => {
    const numbers = Array.from({ length: 50 }, (_, number) => `${number}`);
    const program = join(folder, 'fresh');
    const script = `for i in ${numbers.join(' ')}; do
      cp ${staticClient} ${program}$i; ${program}$i ${server.port} /$i; rm ${program}$i
    done`;
    await captureCommand([capture], ['sh', '-c', script]);
    await expectTruth(numbers.map((number) => `/${number}`));
  });

  it('each of 20 programs that start at once', async () => {
    const numbers = Array.from({ length: 20 }, (_, number) => `${number}`);
    const program = join(folder, 'parallel');
    const script = `for i in ${numbers.join(' ')}; do cp ${staticClient} ${program}$i; done
    for i in ${numbers.join(' ')}; do ${program}$i ${server.port} /$i & done; wait`;
    await captureCommand([capture], ['sh', '-c', script]);
    await expectTruth(numbers.map((number) => `/${number}`));
  });
});

describe('of a process that was named by --pid', () => {
  it('what it starts later is captured too', async () => {
    const go = freshPath(folder, 'go');
    const done = freshPath(folder, 'done');
    // What they do in their first moments may be missed: they are not held (docs/pick-up.md).
    const node = 'setTimeout(() => import(process.argv[1]), 1000)';
    const python =
      'import runpy, ssl, sys, time; time.sleep(1); del sys.argv[0]; runpy.run_path(sys.argv[0])';
    const shell = new Program('sh', [
      '-c',
      `while [ ! -e ${go} ]; do sleep 0.05; done
       node -e '${node}' ${nodeClient} ${server.url('/node')}
       LD_LIBRARY_PATH=${openssl.folder} python3 -c '${python}' ${pythonClient} ${server.url('/python')}
       touch ${done}; sleep 30`,
    ]);
    await captureWhile(['--pid', `${shell.pid}`], [capture], async () => {
      writeFileSync(go, '');
      await expect.poll(() => existsSync(done), { timeout: 20_000 }).toBe(true);
    });
    shell.killAll();
    await expectTruth(['/node', '/python']);
  });

  it('a library is captured that it loads later', async () => {
    const program = `import sys, time
sys.stdin.readline()
import ssl, urllib.request
time.sleep(1)
urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()).read()
print('done', flush=True)
sys.stdin.readline()`;
    const python = new Program('python3', ['-c', program, server.url('/1')], {
      env: openssl.env,
      typed: true,
    });
    await captureWhile(['--pid', `${python.pid}`], [capture], async () => {
      python.type('\n');
      await python.prints('done');
    });
    python.killAll();
    await expectTruth(['/1']);
  });
});

it('picks up no other file than those that --lib names', async () => {
  const script = `${request('/static')}; curl -sk --http1.1 ${server.url('/curl')}`;
  await captureCommand([capture], ['sh', '-c', script], { flags: ['--lib', openssl.original] });
  expect(server.received.map(({ path }) => path)).toEqual(['/static', '/curl']);
  expect(await readRequestUris(capture)).toEqual([server.url('/curl')]);
});

describe('holding a program until its probes are there', () => {
  it('is not seen by a shell with job control', async () => {
    const script = `set -m; ${request('/1')} & wait %1; echo "code $?"; jobs`;
    const stdout = await captureCommand([capture], ['bash', '-c', script]);
    expect(stdout).toBe('code 0\n');
    await expectTruth(['/1']);
  });

  it('leaves the exit code of a command alone', async () => {
    const { code } = await plaincap(['capture', '-w', capture, '--', 'env', staticClient]);
    expect(code).toBe(2);
  });

  it('leaves a program to its debugger', async () => {
    const traced = `strace -f -o /dev/null ${request('/1')}`;
    expect(await captureCommand([capture], ['sh', '-c', `${traced}; echo "code $?"`])).toBe(
      'code 0\n',
    );
    expect(server.received.map(({ path }) => path)).toEqual(['/1']);
  });

  it('ends with plaincap, even when that is killed', async () => {
    const program = join(folder, 'orphan');
    const count = freshPath(folder, 'count');
    // Many new files: the kill falls into a hold more often than not. Nothing of it may keep
    // the pipes open that tell us that plaincap ended.
    const script = `exec >/dev/null 2>&1; i=0; while [ $i -lt 1500 ]; do i=$((i + 1))
      cp /bin/true ${program}$i; ${program}$i; rm ${program}$i; echo $i >${count}; done`;
    const killed = startPlaincap(['capture', '-w', capture, '--', 'setsid', 'sh', '-c', script]);
    const last = () => (existsSync(count) ? Number(readFileSync(count, 'utf8')) : 0);
    await expect.poll(last, { timeout: 20_000 }).toBeGreaterThan(5);
    killed.kill('SIGKILL');
    expect((await killed.ended).code).toBe(137);
    expect(last()).toBeLessThan(1500);
    await expect.poll(last, { timeout: 40_000 }).toBe(1500);
  });
});
