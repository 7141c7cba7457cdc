import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { captureCommand } from './plaincap.ts';
import { readComplaints } from './tshark.ts';

const folder = temporaryFolder();
const PROCESSES = 200;

it('has the request of each of 200 short processes, 4 at a time', async () => {
  const capture = join(folder, 'many.pcapng');
  const site = await NginxSite.write(folder, makeCertificate(folder), {
    files: { 'a.txt': Buffer.from('a') },
  });
  await startNginx(site);
  const each = `curl -sk --http1.1 -o /dev/null '${site.url('/a.txt')}?{}'`;
  const script = `seq ${PROCESSES} | xargs -P4 -I{} ${each}`;
  await captureCommand([capture], ['sh', '-c', script]);

  const exchanges = await readHttp1Exchanges(capture);
  const seen = exchanges.map(({ client, uri }) => `${client} ${uri}`);
  const truth = site.logged().map(({ client, path }) => `${client} ${site.url(path)}`);
  expect(seen.sort()).toEqual(truth.sort());
  expect(seen).toHaveLength(PROCESSES);
  for (const count of ['tcpStream', 'interfaceName'] as const) {
    expect(new Set(exchanges.map((exchange) => exchange[count])).size, count).toBe(PROCESSES);
  }
  expect(await readComplaints(capture)).toEqual([]);
});
