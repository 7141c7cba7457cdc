import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findCgroupMount } from '../../src/filters/cgroup.ts';
import { MAX_PORT } from '../../src/filters/port-set.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { freePort } from './free-port.ts';
import { buildGo } from './go-build.ts';
import { readHttp1Exchanges, readRequestUris } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand, captureWhile, plaincap } from './plaincap.ts';
import { Program } from './program.ts';
import { readCalls } from './recorded-calls.ts';
import { NO_RESETS, readUnknownConnections, readWarnings } from './tshark.ts';

const folder = temporaryFolder();
const certificate = makeCertificate(folder);
const capture = join(folder, 'filtered.pcapng');
const recording = join(folder, 'filtered.cbor');

/** Who has no right to read our folder runs what is in it all the same. */
chmodSync(folder, 0o755);
const fetcher = join(folder, 'fetcher');
copyFileSync('/usr/bin/curl', fetcher);

const cgroup = join(findCgroupMount() ?? '', `plaincap-test-${process.pid}`);
mkdirSync(cgroup);
afterAll(async () => {
  // A process that was killed is in it until it is gone.
  while (readFileSync(join(cgroup, 'cgroup.procs'), 'utf8') !== '') await delay(10);
  rmdirSync(join(cgroup, 'below'));
  rmdirSync(cgroup);
});
mkdirSync(join(cgroup, 'below'));

let server: NodeServer;
let other: NodeServer;
beforeAll(async () => {
  server = await NodeServer.start(certificate);
  other = await NodeServer.start(certificate, { host: '::1' });
});

/** `x` of `https://localhost/x.tok`. */
function nameOf(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1).replace(/\.tok$/, '');
}

/** The names of the requests that the file shows. */
async function shownRequests(): Promise<string[]> {
  return (await readRequestUris(capture)).map(nameOf);
}

/** All these reached the servers; of them, both files hold the wanted ones and nothing else. */
function expectOnly(shown: string[], wanted: readonly string[], all: readonly string[]): void {
  const reached = [...server.received, ...other.received].map(({ path }) => nameOf(path));
  expect(reached.sort()).toEqual([...all].sort());
  expect(shown.sort()).toEqual([...wanted].sort());
  for (const file of [capture, recording]) {
    const bytes = readFileSync(file);
    const held = all.filter((name) => bytes.includes(`/${name}.tok`));
    expect(held.sort(), file).toEqual([...wanted].sort());
  }
}

/** What the programs are told of the servers. */
const environment = () => ({
  URL: `https://127.0.0.1:${server.port}`,
  OTHER: `https://[::1]:${other.port}`,
  PORT: `${server.port}`,
  FETCHER: fetcher,
  CGROUP: cgroup,
});

beforeEach(() => {
  server.received.length = 0;
  other.received.length = 0;
});

describe('inside a command', () => {
  /** Processes that differ in one thing or another. */
  const FAMILY = `
    ask='-skgo /dev/null --http1.1'
    curl $ask $URL/curl.tok
    "$FETCHER" $ask $URL/fetcher.tok
    setpriv --reuid=65534 --clear-groups curl $ask $URL/nobody.tok
    setpriv --reuid=65534 --clear-groups "$FETCHER" $ask $URL/both.tok
    sh -c 'echo $$ >$CGROUP/cgroup.procs && exec curl '"$ask"' $URL/cgroup.tok'
    sh -c 'echo $$ >$CGROUP/below/cgroup.procs && exec curl '"$ask"' $URL/below.tok'
    curl $ask $OTHER/other.tok
    "$FETCHER" $ask $OTHER/other-fetcher.tok
  `;
  const first = ['curl', 'fetcher', 'nobody', 'both', 'cgroup', 'below'];
  const second = ['other', 'other-fetcher'];
  const all = [...first, ...second];
  const ofFetcher = ['fetcher', 'both', 'other-fetcher'];
  const idOf = (path: string) => `${statSync(path).ino}`;

  const cases: { what: string; flags: () => string[]; names: string[] }[] = [
    { what: 'nothing', flags: () => [], names: all },
    { what: 'a comm', flags: () => ['--comm', 'fetcher'], names: ofFetcher },
    { what: 'a glob of a comm', flags: () => ['--comm', '?[a-f]t*r'], names: ofFetcher },
    { what: 'two comms', flags: () => ['--comm', 'fetcher', '--comm', 'cu*'], names: all },
    { what: 'an executable', flags: () => ['--exe', fetcher], names: ofFetcher },
    { what: 'executables', flags: () => ['--exe', join(folder, 'f*[!x]')], names: ofFetcher },
    { what: 'a user by name', flags: () => ['--uid', 'nobody'], names: ['nobody', 'both'] },
    { what: 'a cgroup', flags: () => ['--cgroup', cgroup], names: ['cgroup', 'below'] },
    {
      what: 'a cgroup by id',
      flags: () => ['--cgroup', idOf(join(cgroup, 'below'))],
      names: ['below'],
    },
    { what: 'a port', flags: () => ['--port', `${other.port}`], names: second },
    { what: 'ports', flags: () => ['--port', '1-9', '--port', `1-${MAX_PORT}`], names: all },
    { what: 'a port of nobody', flags: () => ['--port', 'https'], names: [] },
    { what: 'an address', flags: () => ['--host', '::1'], names: second },
    { what: 'a network', flags: () => ['--host', '127.0.0.0/9'], names: first },
    { what: 'IPv6 as a whole', flags: () => ['--host', '::/0'], names: second },
    { what: 'hosts', flags: () => ['--host', 'localhost', '--host', '::1'], names: all },
    {
      what: 'a comm, a user and an address',
      flags: () => ['--comm', 'fetcher', '--uid', 'root', '--host', '::1'],
      names: ['other-fetcher'],
    },
    {
      what: 'an executable and a comm that it has not',
      flags: () => ['--exe', fetcher, '--comm', 'curl'],
      names: [],
    },
  ];
  it.each(cases)('captures what is of $what', async ({ flags, names }) => {
    await captureCommand([capture, recording], ['sh', '-ec', FAMILY], {
      flags: flags(),
      env: environment(),
    });
    expectOnly(await shownRequests(), names, all);
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});

describe('a process that changes while it has a connection', () => {
  const CLIENT = `
import http.client, os, ssl, sys
def name(comm):
    with open('/proc/self/comm', 'w') as file:
        file.write(comm)
connection = http.client.HTTPSConnection('127.0.0.1', int(os.environ['PORT']),
                                         context=ssl._create_unverified_context())
def ask(what):
    connection.request('GET', '/' + what + '.tok')
    connection.getresponse().read()
`;
  const RENAMES = `${CLIENT}
ask('before')
for turn in '12':
    name('wanted')
    ask('wanted' + turn)
    ask('wanted-too' + turn)
    name('unwanted')
    ask('unwanted' + turn)
`;
  const requests = ['before'].concat(
    ...['1', '2'].map((turn) => [`wanted${turn}`, `wanted-too${turn}`, `unwanted${turn}`]),
  );

  it('is captured while it has the name', async () => {
    await captureCommand([capture, recording], ['python3', '-c', RENAMES], {
      flags: ['--comm', 'wanted'],
      env: environment(),
    });
    const wanted = requests.filter((request) => request.startsWith('wanted'));
    expectOnly(await shownRequests(), wanted, requests);
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(({ client, uri }) => `${client} ${nameOf(uri)}`)).toEqual(
      server.received
        .map(({ client, path }) => `${client} ${nameOf(path)}`)
        .filter((line) => line.includes(' wanted')),
    );
    expect(await readUnknownConnections(capture)).toEqual([]);
  });

  it.each([
    { uid: '0', names: ['root'] },
    { uid: '65534', names: ['nobody'] },
  ])('is captured while it is of user $uid', async ({ uid, names }) => {
    const program = `${CLIENT}\nask('root')\nos.setuid(65534)\nask('nobody')`;
    await captureCommand([capture, recording], ['python3', '-c', program], {
      flags: ['--uid', uid],
      env: environment(),
    });
    expectOnly(await shownRequests(), names, ['root', 'nobody']);
  });

  it('is captured while it is in the cgroup', async () => {
    const program = `${CLIENT}
def enter(folder):
    with open(folder + '/cgroup.procs', 'w') as file:
        file.write(str(os.getpid()))
ask('outside')
enter(os.environ['CGROUP'])
ask('inside')
enter(os.environ['CGROUP'] + '/..')
ask('left')
`;
    await captureCommand([capture, recording], ['python3', '-c', program], {
      flags: ['--cgroup', cgroup],
      env: environment(),
    });
    expectOnly(await shownRequests(), ['inside'], ['outside', 'inside', 'left']);
  });

  it('is another program after an exec, and so is its child after a fork', async () => {
    const program = `${CLIENT}
ask('python')
if os.fork() == 0:
    name('wanted')
    connection = http.client.HTTPSConnection('127.0.0.1', int(os.environ['PORT']),
                                             context=ssl._create_unverified_context())
    ask('child')
    os.execvp('curl', ['curl', '-sko', '/dev/null', '--http1.1', os.environ['URL'] + '/curl.tok'])
os.wait()
os.execvp(os.environ['FETCHER'], ['wanted', '-sko', '/dev/null', '--http1.1', os.environ['URL'] + '/exec.tok'])
`;
    const requests = ['python', 'child', 'curl', 'exec'];
    await captureCommand([capture, recording], ['python3', '-c', program], {
      flags: ['--comm', 'wanted', '--comm', 'fetcher'],
      env: environment(),
    });
    expectOnly(await shownRequests(), ['child', 'exec'], requests);
  });
});

describe('processes that run already', () => {
  /** At each line it asks for itself, and starts a child that asks. */
  const PYTHON = `
import http.client, os, ssl, subprocess, sys
context = ssl._create_unverified_context()
for line in sys.stdin:
    connection = http.client.HTTPSConnection('127.0.0.1', int(os.environ['PORT']), context=context)
    connection.request('GET', '/parent.tok')
    connection.getresponse().read()
    subprocess.run(['curl', '-sko', '/dev/null', '--http1.1', os.environ['URL'] + '/child.tok'])
    print('done', flush=True)
`;

  it.each([
    { what: 'with its children', flags: [], names: ['parent', 'child'] },
    { what: 'without its children', flags: ['--no-children'], names: ['parent'] },
    { what: 'of a comm', flags: ['--comm', 'curl'], names: ['child'] },
  ])('one is captured $what', async ({ flags, names }) => {
    const program = new Program('python3', ['-c', PYTHON], { env: environment(), typed: true });
    await captureWhile(['--pid', `${program.pid}`, ...flags], [capture, recording], async () => {
      program.type('go\n');
      await program.prints('done');
    });
    program.kill('SIGTERM');
    await program.ended;
    expectOnly(await shownRequests(), names, ['parent', 'child']);
  });
});

describe('connections that are older than the capture', () => {
  /** A server with memory BIOs, which has read a request before its connection is known. */
  const SERVER = `
    const [key, cert] = process.argv.slice(1).map((path) => fs.readFileSync(path));
    for (const name of ['wanted', 'unwanted']) {
      const server = https.createServer({ key, cert }, (request, response) => {
        response.end('secret-of-' + name);
      });
      server.keepAliveTimeout = 60_000;
      server.listen(0, '127.0.0.1', () => console.log(name + '=' + server.address().port + ';'));
    }
  `;
  const CLIENT = `
import http.client, ssl, sys
context = ssl._create_unverified_context()
connections = {
    name: http.client.HTTPSConnection('127.0.0.1', int(port), context=context)
    for name, port in zip(['wanted', 'unwanted'], sys.argv[1:])
}
def ask(what):
    for name, connection in connections.items():
        connection.request('GET', f'/{name}-{what}.tok')
        assert connection.getresponse().read() == f'secret-of-{name}'.encode()
    print(what, flush=True)
ask('early')
for line in sys.stdin:
    ask(line.strip())
`;

  it('wait until they are known, and only those that match are captured', async () => {
    const { key, cert } = certificate;
    const node = new Program('node', ['-e', SERVER, key, cert], { timeoutMs: 60_000 });
    const portOf = async (name: string) => {
      await node.prints(`${name}=`);
      return new RegExp(`\\b${name}=(\\d+);`).exec(node.stdout)?.[1] as string;
    };
    const ports = [await portOf('wanted'), await portOf('unwanted')];
    const client = new Program('python3', ['-c', CLIENT, ...ports], {
      typed: true,
      timeoutMs: 60_000,
    });
    await client.prints('early');
    const flags = ['--pid', `${node.pid}`, '--port', ports[0] as string];
    await captureWhile(flags, [capture, recording], async () => {
      for (const turn of ['first', 'second']) {
        client.type(`${turn}\n`);
        await client.prints(turn);
      }
    });
    for (const program of [client, node]) program.kill('SIGTERM');
    expect(await shownRequests()).toEqual(['wanted-first', 'wanted-second']);
    expect(await readUnknownConnections(capture)).toEqual([]);
    for (const file of [capture, recording]) {
      expect(readFileSync(file).includes('secret-of-wanted'), file).toBe(true);
      expect(readFileSync(file).includes('unwanted'), file).toBe(false);
    }
  });
});

it('TLS that goes through no connection has no port, and is told as left out', async () => {
  const program = join(import.meta.dirname, '../connections/programs/no_socket.py');
  const command = ['python3', program, certificate.key, certificate.cert];
  const files = ['-w', capture, '-w', recording];
  const ended = await plaincap(['capture', '--port', `1-${MAX_PORT}`, ...files, '--', ...command]);
  expect(ended.code).toBe(0);
  expect(ended.stderr).toMatch(
    /^plaincap: 1 event, 0 connections, 0 bytes; 0 bytes lost\nplaincap: \d+ bytes left out that --port and --host /m,
  );
  for (const file of [capture, recording]) {
    expect(readFileSync(file).includes('tok_'), file).toBe(false);
  }
});

describe('a limit', () => {
  it.each([1, 3])('ends the capture after %d calls, but not the command', async (count) => {
    const url = `https://127.0.0.1:${server.port}/limited.tok`;
    await captureCommand([recording], ['curl', '-sko', '/dev/null', '--http1.1', url, url, url], {
      flags: ['-c', `${count}`],
    });
    expect(await readCalls(recording)).toHaveLength(count);
    expect(server.received).toHaveLength(3);
  });

  it('ends a capture of an idle process after a time', async () => {
    const sleeper = new Program('sleep', ['30']);
    const flags = ['--pid', `${sleeper.pid}`, '-a', 'duration:1', '-w', recording];
    const { code, stderr } = await plaincap(['capture', ...flags]);
    sleeper.kill('SIGTERM');
    expect(stderr).toMatch(/0 bytes lost$/m);
    expect(code).toBe(0);
  });
});

describe('what uses no OpenSSL', () => {
  it('is filtered: GnuTLS and Go, by connection and by process', async () => {
    const go = await buildGo(folder, 'client');
    const script = `
      for url in $URL $OTHER; do
        ${go} -url $url -requests 2
        wget -qO /dev/null --no-check-certificate $url/wget
      done`;
    const ofOther = { flags: ['--port', `${other.port}`], count: { client: 2, wget: 1 } };
    const ofWget = { flags: ['--comm', 'wget'], count: { client: 0, wget: 2 } };
    for (const { flags, count } of [ofOther, ofWget]) {
      await captureCommand([capture, recording], ['sh', '-ec', script], {
        flags,
        env: environment(),
      });
      const uris = await readRequestUris(capture);
      const ofWget = uris.filter((uri) => uri.endsWith('/wget'));
      expect({ client: uris.length - ofWget.length, wget: ofWget.length }).toEqual(count);
      if (count.client > 0) {
        expect(uris.every((uri) => uri.startsWith(environment().OTHER))).toBe(true);
      }
    }
  }, 240_000);

  describe('plain sockets', () => {
    const reached: string[] = [];
    const plain = createServer((request, response) => {
      reached.push(nameOf(request.url ?? ''));
      response.end('plain');
    });
    let url: string;
    beforeAll(async () => {
      url = `http://127.0.0.1:${await listen(plain)}`;
    });
    afterAll(() => plain.close());
    beforeEach(() => {
      reached.length = 0;
    });

    it.each([
      { what: 'a comm', flags: () => ['--comm', 'fetcher'], names: ['fetcher'] },
      {
        what: 'a port',
        flags: () => ['--port', url.replace(/.*:/, '')],
        names: ['curl', 'fetcher'],
      },
      { what: 'a port of others', flags: () => ['--port', `${server.port}`], names: [] },
    ])('are filtered by $what', async ({ flags, names }) => {
      const script = 'curl -so /dev/null $1/curl.tok; "$FETCHER" -so /dev/null $1/fetcher.tok';
      await captureCommand([capture, recording], ['sh', '-ec', script, 'sh', url], {
        flags: ['--plain', ...flags()],
        env: environment(),
      });
      expect(reached).toEqual(['curl', 'fetcher']);
      expect(await shownRequests()).toEqual(names);
      for (const file of [capture, recording]) {
        const held = reached.filter((name) => readFileSync(file).includes(`/${name}.tok`));
        expect(held, file).toEqual(names);
      }
    });

    it('are captured while their process has the name', async () => {
      const program = `
import http.client, sys
connection = http.client.HTTPConnection(sys.argv[1])
for name in ['unwanted', 'wanted', 'other', 'wanted']:
    with open('/proc/self/comm', 'w') as file:
        file.write(name)
    connection.request('GET', '/' + name + '.tok')
    connection.getresponse().read()
`;
      const command = ['python3', '-c', program, url.replace('http://', '')];
      const flags = ['--plain', '--comm', 'wanted'];
      await captureCommand([capture, recording], command, { flags });
      expect(reached).toEqual(['unwanted', 'wanted', 'other', 'wanted']);
      expect(await shownRequests()).toEqual(['wanted', 'wanted']);
      expect(readFileSync(recording).includes('unwanted.tok')).toBe(false);
    });
  });
});

async function listen(server: Server): Promise<number> {
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return port;
}
