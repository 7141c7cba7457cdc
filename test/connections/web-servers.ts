import { NginxSite, startNginx } from '../kernel/nginx.ts';
import { succeed } from '../kernel/program.ts';
import { ApacheSite } from './apache-site.ts';
import type { Truth } from './truth.ts';
import { listens, start, stop, type Workbench } from './workbench.ts';

const CURLS = 16;
const NAMES = Array.from({ length: 3 * CURLS }, (_, number) => `tok_n${number}_`);

export async function captureNginx(bench: Workbench): Promise<Truth> {
  const files = Object.fromEntries(NAMES.map((name) => [name, Buffer.from(name)]));
  const site = await NginxSite.write(bench.folder, bench.certificate, { workers: 4, files });
  const nginx = await startNginx(site);
  await bench.captureWhile(nginx.pid, () => getAll(site, ['--http1.1', '--http2']));
  await stop(nginx);
  return truthOf(bench, site.port, site.logged());
}

export async function captureApache(bench: Workbench): Promise<Truth> {
  const site = await ApacheSite.write(bench.folder, bench.certificate);
  const apache = start(['apache2', '-f', site.configuration, '-D', 'FOREGROUND']);
  await listens(apache, site.port);
  await bench.captureWhile(apache.pid, () => getAll(site, ['--http1.1']));
  await stop(apache);
  return truthOf(bench, site.port, site.logged());
}

/** Curls at the same time, each of several requests, in versions by turns. */
async function getAll(site: { url(path: string): string }, versions: string[]): Promise<void> {
  const curls = Array.from({ length: CURLS }, (_, number) => {
    const names = NAMES.filter((_, index) => index % CURLS === number);
    const version = versions[number % versions.length] as string;
    return succeed('curl', ['-sk', version, ...names.map((name) => site.url(`/${name}`))]);
  });
  await Promise.all(curls);
}

function truthOf(
  bench: Workbench,
  port: number,
  logged: readonly { pid: number; client: string; path: string }[],
): Truth {
  const truth = bench.newTruth();
  for (const { pid, client, path } of logged) {
    truth.tell(path.slice(1), { client, server: `127.0.0.1:${port}`, pid });
  }
  return truth;
}
