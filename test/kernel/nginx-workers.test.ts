import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { readHttp2Exchanges } from './http2-exchanges.ts';
import { type Logged, NginxSite, startNginx } from './nginx.ts';
import { NodeServer } from './node-server.ts';
import { captureWhile } from './plaincap.ts';
import { type Program, succeed } from './program.ts';
import { readUnknownConnections, readWarnings } from './tshark.ts';

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

  /** What the file should tell, of the requests since there were so many. */
  function truth(earlier: number) {
    return site.logged().slice(earlier).map(expectation);
  }

  function expectation({ pid, client, method, path, status }: Logged) {
    return { interfaceName: `nginx (${pid})`, client, method, uri: site.url(path), status };
  }

  it('has what the workers that ran already served, on HTTP/1.1 and HTTP/2', async () => {
    const capture = join(folder, 'workers.pcapng');
    await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
      const numbers = Array.from({ length: 16 }, (_, number) => number);
      await Promise.all(
        numbers.map((number) =>
          curl(number < 8 ? '--http1.1' : '--http2', site.url(`/a.txt?${number}`)),
        ),
      );
    });
    expect(new Set(site.logged().map(({ pid }) => pid)).size).toBe(2);
    const exchanges = [
      ...(await readHttp1Exchanges(capture)),
      ...(await readHttp2Exchanges(capture)),
    ];
    expect(exchanges).toHaveLength(16);
    expect(byClient(exchanges)).toEqual(byClient(truth(0).map((each) => expect.objectContaining(each))));
    for (const { server } of exchanges) expect(server).toBe(`127.0.0.1:${site.port}`);
    expect(await readWarnings(capture)).toEqual([]);
    expect(await readUnknownConnections(capture)).toEqual([]);
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
    expect(exchanges).toEqual(
      truth(earlier.length).map((each) => expect.objectContaining(each)),
    );
  });

  it('has both connections of a proxied request', async () => {
    const capture = join(folder, 'proxy.pcapng');
    const earlier = site.logged().length;
    await captureWhile(['--pid', `${nginx.pid}`], [capture], () =>
      curl('-d', 'a=1', site.url('/upstream/a'), '--next', '-sk', site.url('/upstream/b')),
    );
    const exchanges = await readHttp1Exchanges(capture);
    const isUpstream = ({ server }: { server: string }) => server.endsWith(`:${upstream.port}`);
    expect(exchanges.filter((each) => !isUpstream(each))).toEqual(
      truth(earlier).map((each) => expect.objectContaining(each)),
    );
    expect(exchanges.filter(isUpstream)).toEqual(
      upstream.received.map(({ client, method, path }) =>
        expect.objectContaining({
          client,
          method,
          uri: `https://127.0.0.1:${upstream.port}${path}`,
          status: 200,
        }),
      ),
    );
    expect(upstream.received).toHaveLength(2);
    expect(await readWarnings(capture)).toEqual([]);
  });
});

function byClient<T extends { client: string }>(list: T[]): T[] {
  return list.toSorted((a, b) => a.client.localeCompare(b.client));
}
