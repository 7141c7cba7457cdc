import { once } from 'node:events';
import { connect } from 'node:http2';
import { Agent, get } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../sink/temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { captureWhile } from './plaincap.ts';
import type { Program } from './program.ts';
import { readFields, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

describe('a connection that is older than the capture', () => {
  let site: NginxSite;
  let nginx: Program;

  beforeAll(async () => {
    site = await NginxSite.write(folder, makeCertificate(folder), {
      files: { 'a.txt': Buffer.from('a') },
    });
    nginx = await startNginx(site);
  });

  async function readComment(capture: string): Promise<string | undefined> {
    const [row] = await readFields(capture, 'frame.comment', ['frame.comment']);
    return row?.['frame.comment'][0];
  }

  it('has its addresses and its HTTP/1.1 requests from then on', async () => {
    const capture = join(folder, 'http1.pcapng');
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    const request = async (path: string) => {
      const [response] = await once(get(site.url(path), { agent }), 'response');
      await text(response);
    };
    await request('/a.txt?before');
    await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
      for (const number of [1, 2, 3]) await request(`/a.txt?${number}`);
    });
    agent.destroy();
    const exchanges = await readHttp1Exchanges(capture);
    const truth = site.logged().filter(({ path }) => path !== '/a.txt?before');
    expect(exchanges.map(({ client, uri, status }) => ({ client, uri, status }))).toEqual(
      truth.map(({ client, path, status }) => ({ client, uri: site.url(path), status })),
    );
    expect(truth).toHaveLength(3);
    expect(await readComment(capture)).toContain('connection older than the capture');
    expect(await readWarnings(capture)).toEqual([]);
  });

  it('has its addresses and its HTTP/2 requests from then on', async () => {
    const capture = join(folder, 'http2.pcapng');
    const session = connect(site.url(''), { rejectUnauthorized: false });
    const request = (path: string) => text(session.request({ ':path': path }));
    await request('/a.txt?before');
    const port = (session.socket as Socket).localPort;
    await captureWhile(['--pid', `${nginx.pid}`], [capture], async () => {
      for (const number of [1, 2, 3]) await request(`/a.txt?${number}`);
    });
    session.close();
    const rows = await readFields(
      capture,
      'http2.headers.path || http2.headers.status == 200 || frame.comment',
      ['tcp.srcport', 'http2.headers.path', 'http2.headers.method', 'frame.comment'],
    );
    const comments = rows.flatMap((row) => row['frame.comment']);
    expect(comments[0]).toContain('connection older than the capture');
    const frames = rows.filter((row) => row['frame.comment'].length === 0);
    const requests = frames.filter((row) => row['http2.headers.path'].length > 0);
    expect(requests).toEqual(
      [1, 2, 3].map((number) => ({
        'tcp.srcport': [`${port}`],
        'http2.headers.path': [`/a.txt?${number}`],
        'http2.headers.method': ['GET'],
        'frame.comment': [],
      })),
    );
    // How many there are tells that :status is known, though HPACK's table is not.
    expect(frames).toHaveLength(requests.length + 3);
  });
});
