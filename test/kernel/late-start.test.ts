import { once } from 'node:events';
import { connect } from 'node:http2';
import { Agent, get } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { captureWhile } from './plaincap.ts';
import { readFields, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

it('has the addresses and requests of connections that are older than the capture', async () => {
  const capture = join(folder, 'late.pcapng');
  const site = await NginxSite.write(folder, makeCertificate(folder), {
    files: { 'a.txt': Buffer.from('a') },
  });
  const nginx = await startNginx(site);
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const session = connect(site.url(''), { rejectUnauthorized: false });
  const request = async (query: string) => {
    const [response] = await once(get(site.url(`/a.txt?http1-${query}`), { agent }), 'response');
    await text(response);
    await text(session.request({ ':path': `/a.txt?http2-${query}` }));
  };
  await request('before');
  const http2Port = `${(session.socket as Socket).localPort}`;
  await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
    for (const number of [1, 2, 3]) await request(`${number}`);
  });
  agent.destroy();
  session.close();

  const exchanges = await readHttp1Exchanges(capture);
  const truth = site
    .logged()
    .filter(({ path }) => path.includes('http1') && !path.endsWith('before'));
  expect(truth).toHaveLength(3);
  expect(exchanges.map(({ client, uri, status }) => ({ client, uri, status }))).toEqual(
    truth.map(({ client, path, status }) => ({ client, uri: site.url(path), status })),
  );
  const http1Port = truth[0]?.client.split(':').at(-1);
  expect(await readWarnings(capture, `tcp.port == ${http1Port}`)).toEqual([]);

  const rows = await readFields(
    capture,
    'http2.headers.path || http2.headers.status == 200 || frame.comment',
    ['tcp.srcport', 'http2.headers.path', 'http2.headers.method', 'frame.comment'],
  );
  const comments = rows.flatMap((row) => row['frame.comment']);
  const isOld = expect.stringContaining('connection older than the capture');
  expect(comments).toEqual([isOld, isOld]);
  const frames = rows.filter((row) => row['frame.comment'].length === 0);
  const requests = frames.filter((row) => row['http2.headers.path'].length > 0);
  expect(requests).toEqual(
    [1, 2, 3].map((number) => ({
      'tcp.srcport': [http2Port],
      'http2.headers.path': [`/a.txt?http2-${number}`],
      'http2.headers.method': ['GET'],
      'frame.comment': [],
    })),
  );
  // How many there are tells that :status is known, though HPACK's table is not.
  expect(frames).toHaveLength(requests.length + 3);
});
