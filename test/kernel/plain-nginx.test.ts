import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite, startNginx } from './nginx.ts';
import { startPlaincap } from './plaincap.ts';
import { succeed } from './program.ts';
import { sha256 } from './sha256.ts';
import { exportHttpObjects, readFields } from './tshark.ts';

const folder = temporaryFolder();
const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 31) >> 4));
const REQUESTS = 4;

/** What plaincap says of requests to nginx on kept connections, and the file. */
async function captureNginx(name: string, sendfile: boolean) {
  const capture = join(folder, `${name}.pcapng`);
  const site = await NginxSite.write(folder, makeCertificate(folder), {
    files: { 'a.bin': BODY },
    plain: true,
    sendfile,
  });
  const nginx = await startNginx(site);
  const plaincap = startPlaincap(['capture', '--plain', '--pid', `${nginx.pid}`, '-w', capture]);
  await plaincap.says('capturing');
  const urls = Array.from({ length: REQUESTS }, (_, number) => site.url(`/a.bin?${number}`));
  await succeed('curl', ['-s', ...urls.flatMap((url) => ['-o', '/dev/null', url])]);
  plaincap.kill('SIGINT');
  const { code, stderr } = await plaincap.ended;
  expect(code).toBe(0);

  const exchanges = await readHttp1Exchanges(capture);
  expect(
    exchanges.map(({ client, uri, status, responseHeaders }) => {
      return { client, uri, status, length: responseHeaders['content-length'] };
    }),
  ).toEqual(
    site.logged().map(({ client, path, status }) => {
      return { client, uri: site.url(path), status, length: `${BODY.length}` };
    }),
  ); // prettier-ignore
  expect(exchanges).toHaveLength(REQUESTS);
  return { capture, stderr };
}

it('has the files that nginx reads and writes itself', async () => {
  const { capture, stderr } = await captureNginx('buffers', false);
  expect(stderr).toMatch(/; 0 bytes lost$/m);
  const objects = [...(await exportHttpObjects(capture)).values()];
  expect(objects.map(sha256)).toEqual(Array(REQUESTS).fill(sha256(BODY)));
});

it('tells of each file that nginx lets the kernel send, and has the headers', async () => {
  const { capture, stderr } = await captureNginx('sendfile', true);
  const lost = REQUESTS * BODY.length;
  expect(stderr).toMatch(
    new RegExp(`; ${lost} bytes lost \\(sendfile: ${lost} bytes of \\d+ calls`),
  );
  const rows = await readFields(capture, 'frame.comment contains "lost"', ['frame.comment']);
  const told = rows.map((row) => Number(/(\d+) bytes lost/.exec(`${row['frame.comment']}`)?.[1]));
  expect(told).toEqual(Array(REQUESTS).fill(BODY.length));
});
