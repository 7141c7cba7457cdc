import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, it } from 'vitest';
import { listProcessTree } from '../../src/capture/process-tree.ts';
import { type Certificate, makeCertificate } from '../kernel/certificate.ts';
import { NginxSite } from '../kernel/nginx.ts';
import { plaincapWords } from '../kernel/plaincap.ts';
import { PrivateOpenssl } from '../kernel/private-openssl.ts';
import { Program, succeed } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Comparison, compare, type Measured } from './comparison.ts';
import { Floor } from './probed-library.ts';
import { report } from './report.ts';
import { IS_TRIAL, ROUNDS, SECONDS } from './scale.ts';
import { Sslsniff } from './sslsniff.ts';
import { cpuSeconds } from './watched-process.ts';

const folder = temporaryFolder();
const capture = join(folder, 'http.pcapng');
let certificate: Certificate;
let openssl: PrivateOpenssl;
let floor: Floor;

beforeAll(() => {
  certificate = makeCertificate(folder);
  openssl = new PrivateOpenssl(folder);
  floor = new Floor(folder);
});

const FILES = { tiny: 10, '100k': 100_000, '1m': 1_000_000 };

interface Load {
  title: string;
  path: string;
  http1: boolean;
  /** What its rate is told in. */
  counts: 'requests' | 'bytes';
  /** For each second that a variant shall run. */
  requests: number;
}

const LOADS: readonly Load[] = [
  { title: 'HTTP/1.1, 10 bytes', path: '/tiny', http1: true, counts: 'requests', requests: 6000 },
  { title: 'HTTP/2, 10 bytes', path: '/tiny', http1: false, counts: 'requests', requests: 6000 },
  { title: 'HTTP/1.1, 100 KB', path: '/100k', http1: true, counts: 'bytes', requests: 1000 },
  { title: 'HTTP/2, 1 MB', path: '/1m', http1: false, counts: 'bytes', requests: 150 },
];

/** Asks, and returns what h2load prints that it got: requests/s, or MB/s. */
async function ask(
  url: string,
  server: Program,
  { http1, counts, requests }: Load,
): Promise<Measured> {
  const count = ['-n', `${Math.ceil(SECONDS * requests)}`];
  // Clients of HTTP/1.1 do not pipeline.
  const streams = http1 ? ['--h1', '-m', '1'] : ['-m', '4'];
  const args = [...streams, '-c', '8', '-t', '1', ...count];
  const cpuBefore = cpuOfServer(server);
  const printed = `${await succeed('h2load', [...args, url], { timeoutMs: 120_000 })}`;
  const cpu = cpuOfServer(server) - cpuBefore;
  const [, rate, amount, unit = ''] =
    /finished in .*, ([\d.]+) req\/s, ([\d.]+)([KMG]?)B\/s/.exec(printed) ?? [];
  if (!/ 0 failed, 0 errored/.test(printed)) throw new Error(printed);
  const scale = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[unit] ?? 1;
  return {
    value: counts === 'requests' ? Number(rate) : (Number(amount) * scale) / 1e6,
    note: `server ${((cpu / Math.ceil(SECONDS * requests)) * 1e6).toFixed(0)} µs of CPU a request`,
  };
}

/** Of what a program started, if it started anything: plaincap's own is told apart. */
function cpuOfServer({ pid }: Program): number {
  const [own, ...others] = listProcessTree(pid);
  const pids = others.length > 0 ? others : [own as number];
  return pids.reduce((sum, each) => sum + cpuSeconds(each), 0);
}

/** Measures while a server runs as it is, and while plaincap captures it from its start. */
function serverVariants(
  command: readonly string[],
  isUp: () => Promise<unknown>,
  measure: (server: Program) => Promise<Measured>,
) {
  const running = async (
    words: readonly string[],
    during: (server: Program) => Promise<Measured>,
  ) => {
    const [name = '', ...args] = words;
    const server = new Program(name, args, { env: openssl.env, timeoutMs: 600_000 });
    try {
      await Promise.race([isUp(), server.ended.then(({ stderr }) => Promise.reject(stderr))]);
      return await during(server);
    } finally {
      server.killAll();
      await server.ended;
    }
  };
  return {
    bare: () => running(command, measure),
    plaincap: () =>
      running(plaincapWords('capture', '-w', capture, '--', ...command), async (server) => {
        const cpuBefore = cpuSeconds(server.pid);
        const { value, note } = await measure(server);
        const cpu = cpuSeconds(server.pid) - cpuBefore;
        // It passes the signal on, and ends with the server.
        server.kill('SIGTERM');
        const { stderr } = await server.ended;
        const [lost] = /\d+ bytes? lost/.exec(stderr) ?? [];
        return { value, note: `${note}; ${lost}, plaincap ${cpu.toFixed(1)} s of CPU` };
      }),
  };
}

it('nginx', async () => {
  const files = Object.fromEntries(
    Object.entries(FILES).map(([name, bytes]) => [name, Buffer.alloc(bytes, 'x')]),
  );
  const site = await NginxSite.write(folder, certificate, { files });
  const command = ['nginx', '-c', site.configuration];
  const { entries, planned } = openssl.offsets();
  const sniffer = Sslsniff.path ? new Sslsniff(folder, openssl.path) : undefined;
  const comparisons: Comparison[] = [];
  for (const load of IS_TRIAL ? LOADS.slice(0, 1) : LOADS) {
    const measure = (server: Program) => ask(site.url(load.path), server, load);
    const { bare, plaincap } = serverVariants(command, () => site.isUp(), measure);
    const unit = load.counts === 'requests' ? 'requests/s' : 'MB/s';
    comparisons.push(
      await compare(
        { workload: `nginx, ${load.title}`, unit, rounds: ROUNDS },
        {
          bare,
          'empty probes at the entries': () => floor.attached(openssl.path, entries, bare),
          "empty probes at plaincap's places": () => floor.attached(openssl.path, planned, bare),
          ...(sniffer && { sslsniff: () => sniffer.attached(bare) }),
          plaincap,
        },
      ),
    );
  }
  report('nginx and h2load', comparisons);
});

const NODE_SERVER = `
  const { readFileSync } = require('node:fs');
  const [key, cert, port] = process.argv.slice(1);
  const answers = { '/tiny': Buffer.alloc(10, 'x'), '/100k': Buffer.alloc(100_000, 'x') };
  require('node:https')
    .createServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url }, response) =>
      response.end(answers[url]))
    .listen(Number(port), '127.0.0.1');
`;

it('node', async () => {
  const site = await NginxSite.write(folder, certificate);
  const { key, cert } = certificate;
  const command = [process.execPath, '-e', NODE_SERVER, key, cert, `${site.port}`];
  const comparisons: Comparison[] = [];
  for (const load of LOADS.filter(({ path, http1 }) => http1 && path !== '/1m').slice(
    0,
    IS_TRIAL ? 1 : 2,
  )) {
    const measure = async (server: Program) => {
      // Its code is compiled by then.
      await delay(IS_TRIAL ? 0 : 200);
      return ask(site.url(load.path), server, load);
    };
    const unit = load.counts === 'requests' ? 'requests/s' : 'MB/s';
    comparisons.push(
      await compare(
        { workload: `node https, ${load.title}`, unit, rounds: ROUNDS },
        serverVariants(command, () => site.isUp(), measure),
      ),
    );
  }
  report('node https and h2load', comparisons);
});
