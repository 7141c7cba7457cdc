import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeCertificate } from '../../kernel/certificate.ts';
import { readHttp1Exchanges } from '../../kernel/http1-exchanges.ts';
import { readHttp2Exchanges } from '../../kernel/http2-exchanges.ts';
import { NginxSite, startNginx } from '../../kernel/nginx.ts';
import { plaincapWords } from '../../kernel/plaincap.ts';
import { Program, succeed } from '../../kernel/program.ts';
import { readHeader } from '../../kernel/recorded-calls.ts';
import { NO_RESETS, readComplaints } from '../../kernel/tshark.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const folder = temporaryFolder();

/** Prints the port that it listens on, then a line of each request. */
const NODE_SERVER = `
  const { readFileSync } = require('node:fs');
  const [key, cert] = process.argv.slice(1).map((path) => readFileSync(path));
  const server = require('node:https').createServer({ key, cert }, (request, response) => {
    const { remoteAddress, remotePort } = request.socket;
    console.log(remoteAddress + ':' + remotePort, request.method, request.url);
    response.end('heard of ' + request.url);
  });
  server.listen(0, '127.0.0.1', () => console.log('port', server.address().port, 'listening'));
`;

const NODE_CLIENT = `
  const { Agent, get } = require('node:https');
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const ask = (url) => new Promise((resolve) => get(url, { agent }, (response) => {
    response.resume().on('end', resolve);
  }));
  Promise.all(process.argv.slice(1).map(ask)).then(() => agent.destroy());
`;

const PYTHON_CLIENT = `
import http.client, ssl, sys
context = ssl._create_unverified_context()
connection = http.client.HTTPSConnection('localhost', int(sys.argv[1]), context=context)
for path in sys.argv[2:]:
    connection.request('GET', path)
    connection.getresponse().read()
connection.close()
`;

const OPENSSL_CLIENT = `
  (printf 'GET /openssl HTTP/1.1\\r\\nHost: localhost:%d\\r\\nConnection: close\\r\\n\\r\\n' $1; sleep 1) |
    openssl s_client -quiet -connect 127.0.0.1:$1
`;

/** Loaded into plaincap: it makes a request of its own at each SIGUSR2, and says when it is over. */
const OWN_TRAFFIC = `data:text/javascript,
  import { get } from 'node:https';
  process.on('SIGUSR2', () => get(process.env.OWN_URL, { agent: false, rejectUnauthorized: false },
    (response) => response.resume().on('end', () => console.log('answered'))));
`.replaceAll(/\s+/g, ' ');

/** A kernel's kprobes are found by this folder: in a mount namespace without it there are none. */
const HIDE_KPROBES = 'mount -t tmpfs none /sys/devices/kprobe && exec "$@"';

const PATIENTLY = { timeout: 180_000 };

const CAPTURES = [
  { source: 'kprobe', wrapper: [] },
  { source: 'syscall', wrapper: ['unshare', '--mount', 'sh', '-c', HIDE_KPROBES, 'sh'] },
].map((each) => ({
  ...each,
  pcapng: join(folder, `${each.source}.pcapng`),
  recording: join(folder, `${each.source}.cbor`),
  ownPath: `/plaincap-${each.source}`,
}));

type Capture = (typeof CAPTURES)[number];

describe('a capture of every process', () => {
  let nginx: NginxSite;
  let node: Program;
  let nodeUrl: string;
  const pids = new Map<string, number>();

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    const pems = [certificate.key, certificate.cert];
    node = new Program(process.execPath, ['-e', NODE_SERVER, ...pems], { timeoutMs: 300_000 });
    await node.prints('listening');
    nodeUrl = `https://127.0.0.1:${/port (\d+)/.exec(node.stdout)?.[1]}`;
    nginx = await NginxSite.write(folder, certificate, {
      workers: 2,
      files: { 'a.txt': Buffer.from('a') },
      upstream: nodeUrl,
    });
    await startNginx(nginx);

    // Side by side, of the same traffic.
    const captures = CAPTURES.map(start);
    await Promise.all(captures.map((capture) => capture.says('capturing')));
    await makeTraffic();
    for (const capture of captures) capture.kill('SIGUSR2');
    await Promise.all(captures.map((capture) => capture.prints('answered')));
    const ownRequests = () => nginx.logged().filter(({ path }) => path.startsWith('/plaincap'));
    await vi.waitFor(() => expect(ownRequests()).toHaveLength(CAPTURES.length), PATIENTLY);
    for (const capture of captures) capture.kill('SIGINT');
    for (const capture of captures) {
      const { code, stderr } = await capture.ended;
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(/ bytes; 0 bytes lost\n$/),
      });
    }
  });
  afterAll(() => node.killAll());

  function start({ source, wrapper, pcapng, recording, ownPath }: Capture): Program {
    const words = plaincapWords('capture', '-w', pcapng, '-w', recording);
    const [command, ...args] = [...wrapper, ...words] as [string, ...string[]];
    const env = { NODE_OPTIONS: `--import="${OWN_TRAFFIC}"`, OWN_URL: nginx.url(ownPath) };
    const program = new Program(command, args, { env });
    pids.set(source, program.pid);
    return program;
  }

  /** Real programs that have nothing in common but the machine. */
  async function makeTraffic(): Promise<void> {
    const { port } = nginx;
    const orphanEnded = join(folder, 'orphan-ended');
    const orphan = `(curl -skZ --http2 '${nginx.url('/curl-h2?[1-5]')}'; touch ${orphanEnded}) &`;
    const python = ['python3', '-c', PYTHON_CLIENT, `${port}`, '/python?1', '/python?2'];
    await Promise.all([
      succeed('curl', ['-sk', '--http1.1', nginx.url('/curl?[1-3]'), nginx.url('/a.txt')]),
      // The shell that started it is gone.
      succeed('setsid', ['sh', '-c', orphan]),
      // Of another user.
      succeed('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', ...python]),
      succeed('sh', ['-c', OPENSSL_CLIENT, 'sh', `${port}`]),
      // In pid and mount namespaces of its own, as in a container.
      succeed('unshare', [
        ...['--pid', '--fork', '--mount-proc', process.execPath, '-e', NODE_CLIENT],
        ...[1, 2, 3].map((number) => `${nodeUrl}/node?${number}`),
      ]),
    ]);
    await succeed('curl', ['-sk', '--http1.1', nginx.url('/upstream/curl')]);
    await vi.waitFor(() => expect(existsSync(orphanEnded)).toBe(true), PATIENTLY);
  }

  /** A line a request of which the servers told, with the program that has to stand in the file. */
  function truth({ ownPath }: Capture): string[] {
    const logged = nginx.logged();
    const viaNginx = logged.map(({ pid, client, method, path, status }) => {
      const name = /^\/(upstream\/)?([a-z0-9]+)/.exec(path)?.[2] as string;
      // Of plaincap's own connection only the other end is in the file, of another plaincap's both.
      const plaincap = path === ownPath ? `nginx ${pid}` : 'node';
      const program = { plaincap, a: 'curl', python: 'python3' }[name] ?? name;
      return [program, client, method, nginx.url(path), status].join(' ');
    });
    const worker = logged.find(({ path }) => path.startsWith('/upstream/'))?.pid;
    const atNode = node.stdout.split('\n').filter((line) => line.includes(' /'));
    const viaNode = atNode.map((line) => {
      const [client, method, path] = line.split(' ') as [string, string, string];
      const program = path.startsWith('/node') ? 'node' : `nginx ${worker}`;
      return [program, client, method, `${nodeUrl}${path}`, 200].join(' ');
    });
    return [...viaNginx, ...viaNode].sort();
  }

  it.each(CAPTURES)('by $source has the requests of all, and none of its own', async (capture) => {
    const { source, pcapng, recording } = capture;
    expect((await readHeader(recording)).connectionSource).toBe(source);
    // Nothing else uses the other processors meanwhile.
    const [http1, http2, complaints] = await Promise.all([
      readHttp1Exchanges(pcapng),
      readHttp2Exchanges(pcapng),
      readComplaints(pcapng, NO_RESETS),
    ]);
    const exchanges = [...http1, ...http2];
    const expected = truth(capture);
    const seen = exchanges.map(({ interfaceName, client, method, uri, status }) => {
      const [, name, pid] = /^(.*) \((\d+)\)$/.exec(interfaceName) ?? [];
      const program = name === 'nginx' ? `${name} ${pid}` : name;
      return [program, client, method, uri, status].join(' ');
    });
    expect(seen.sort()).toEqual(expected);
    expect(expected).toHaveLength(19);
    expect(
      exchanges.filter(({ interfaceName }) => interfaceName.endsWith(`(${pids.get(source)})`)),
    ).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
