import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { captureCommand, captureWhile } from './plaincap.ts';
import { type Program, succeed } from './program.ts';
import { shownServer } from './shown-server.ts';
import { readComplaints } from './tshark.ts';

const folder = temporaryFolder();

describe('a server on IPv6 that takes IPv4 as well', () => {
  let site: NginxSite;
  let nginx: Program;

  beforeAll(async () => {
    site = await NginxSite.write(folder, makeCertificate(folder), {
      files: { 'a.txt': Buffer.from('a') },
      address: '[::]',
      listenOptions: 'ipv6only=off',
    });
    nginx = await startNginx(site);
  });

  const hosts = [
    { host: '127.0.0.1', address: '127.0.0.1' },
    { host: '[::1]', address: '::1' },
    { host: '[::ffff:127.0.0.1]', address: '127.0.0.1' },
  ];

  /** The ends of the one connection that the file has, with the client port that nginx logged. */
  async function expectEnds(capture: string, host: string, address: string): Promise<void> {
    const exchanges = await readHttp1Exchanges(capture);
    const client = `${address}:${site.logged().at(-1)?.client.split(':').at(-1)}`;
    expect(exchanges.map(({ client, server, uri }) => ({ client, server, uri }))).toEqual([
      {
        client,
        server: shownServer(address, site.port, client),
        uri: expect.stringMatching(`:${site.port}/a\\.txt\\?${encodeURIComponent(host)}$`),
      },
    ]);
    expect(await readComplaints(capture)).toEqual([]);
  }

  function curl(host: string): string[] {
    const url = `https://${host}:${site.port}/a.txt?${encodeURIComponent(host)}`;
    return ['-skg', '--http1.1', url];
  }

  it.each(hosts)('has the addresses of a client of $host', async ({ host, address }) => {
    const capture = join(folder, 'client.pcapng');
    await captureCommand([capture], ['curl', ...curl(host)]);
    await expectEnds(capture, host, address);
  });

  it.each(hosts)('has the addresses of the server that took $host', async ({ host, address }) => {
    const capture = join(folder, 'server.pcapng');
    await captureWhile(['--pid', `${nginx.pid}`], [capture], () => succeed('curl', curl(host)));
    await expectEnds(capture, host, address);
  });
});
