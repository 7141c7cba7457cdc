import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import type { Exchange } from './exchange.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { NodeServer } from './node-server.ts';
import { captureWhile } from './plaincap.ts';
import { type Program, succeed } from './program.ts';
import { NO_RESETS, readComplaints, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

describe('nginx by the pid of its master, with curl outside of the capture', () => {
  let site: NginxSite;
  let nginx: Program;
  let upstream: NodeServer;

  beforeAll(async () => {
    const certificate = makeCertificate(folder);
    upstream = await NodeServer.start(certificate);
    site = await NginxSite.write(folder, certificate, {
      workers: 2,
      files: { 'a.txt': Buffer.from('a') },
      upstream: `https://127.0.0.1:${upstream.port}`,
    });
    nginx = await startNginx(site);
  });

  function curl(...args: string[]): Promise<Buffer> {
    return succeed('curl', ['-sk', '--http1.1', ...args]);
  }

  /** A line a request, of the requests that nginx logged since there were so many. */
  function logged(earlier: number): string[] {
    return site
      .logged()
      .slice(earlier)
      .map(({ pid, client, method, path, status }) =>
        [`nginx (${pid})`, client, method, site.url(path), status].join(' '),
      );
  }

  it('has what the workers that ran already served, on HTTP/1.1 and HTTP/2', async () => {
    const capture = join(folder, 'workers.pcapng');
    await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
      const versions = Array.from({ length: 16 }, (_, number) => `--http${number % 2 ? 1.1 : 2}`);
      await Promise.all(
        versions.map((version, number) => curl(version, site.url(`/a.txt?${number}`))),
      );
    });
    expect(new Set(site.logged().map(({ pid }) => pid)).size).toBe(2);
    const exchanges = [
      ...(await readHttp1Exchanges(capture)),
      ...(await readHttp2Exchanges(capture)),
    ];
    expect(exchanges.map(lineOf).sort()).toEqual(logged(0).sort());
    expect(exchanges).toHaveLength(16);
    expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
  });

  it('has what workers serve that start later', async () => {
    const capture = join(folder, 'reload.pcapng');
    const earlier = site.logged();
    await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
      nginx.kill('SIGHUP');
      await expect
        .poll(async () => {
          await curl(site.url('/a.txt'));
          return earlier.some(({ pid }) => pid === site.logged().at(-1)?.pid);
        })
        .toBe(false);
    });
    const exchanges = await readHttp1Exchanges(capture);
    expect(exchanges.map(lineOf)).toEqual(logged(earlier.length));
  });

  it('has what one worker served, by its pid', async () => {
    const capture = join(folder, 'worker.pcapng');
    const earlier = site.logged().length;
    const worker = site.logged().at(-1)?.pid;
    await captureWhile(['--pid', `${worker}`], [capture], async () => {
      for (let number = 0; number < 20; number++) await curl(site.url(`/a.txt?${number}`));
    });
    const lines = logged(earlier);
    const ofWorker = lines.filter((line) => line.startsWith(`nginx (${worker}) `));
    expect((await readHttp1Exchanges(capture)).map(lineOf)).toEqual(ofWorker);
    expect(ofWorker.length).toBeLessThan(lines.length);
  });

  it('has both connections of a proxied request', async () => {
    const capture = join(folder, 'proxy.pcapng');
    const earlier = site.logged().length;
    await captureWhile(['--pid', `${nginx.pid}`], [capture], () =>
      curl('-d', 'a=1', site.url('/upstream/a'), '--next', '-sk', site.url('/upstream/b')),
    );
    const exchanges = await readHttp1Exchanges(capture);
    const isUpstream = ({ uri }: Exchange) => uri.includes(`127.0.0.1:${upstream.port}/`);
    expect(exchanges.filter((each) => !isUpstream(each)).map(lineOf)).toEqual(logged(earlier));
    const sentOn = exchanges.filter(isUpstream);
    expect(sentOn.map(({ client, method, uri }) => [client, method, uri])).toEqual(
      upstream.received.map(({ client, method, path }) => [
        client,
        method,
        `https://127.0.0.1:${upstream.port}${path}`,
      ]),
    );
    expect(sentOn).toHaveLength(2);
    expect(await readWarnings(capture, NO_RESETS)).toEqual([]);
  });
});

function lineOf({ interfaceName, client, method, uri, status }: Exchange): string {
  return [interfaceName, client, method, uri, status].join(' ');
}
