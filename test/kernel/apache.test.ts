import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ApacheSite } from '../connections/apache-site.ts';
import { listens } from '../connections/workbench.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { askByCurl } from './curl-answers.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { captureWhile } from './plaincap.ts';
import { Program } from './program.ts';
import { bytesOf, readSessions } from './recorded-sessions.ts';
import { NO_RESETS, readComplaints } from './tshark.ts';

const folder = temporaryFolder();

it('has what the processes of apache2 hear and answer', async () => {
  const capture = join(folder, 'apache.pcapng');
  const recording = join(folder, 'apache.cbor');
  const site = await ApacheSite.write(folder, makeCertificate(folder));
  const apache = new Program('apache2', ['-f', site.configuration, '-D', 'FOREGROUND']);
  await listens(apache, site.port);
  const urls = Array.from({ length: 8 }, (_, number) => site.url(`/${number}`));
  let answers: Awaited<ReturnType<typeof askByCurl>> = [];
  await captureWhile(['--pid', `${apache.pid}`], [capture, recording], async () => {
    answers = await askByCurl(urls);
  });
  apache.kill('SIGTERM');
  await apache.ended;

  const logged = site.logged();
  const exchanges = await readHttp1Exchanges(capture);
  expect(
    exchanges.map(({ interfaceName, client, method, uri, status }) =>
      [interfaceName, client, method, uri, status].join(' '),
    ),
  ).toEqual(
    logged.map(({ pid, client, method, path, status }) =>
      [`apache2 (${pid})`, client, method, site.url(path), status].join(' '),
    ),
  );
  expect(logged).toHaveLength(urls.length);
  const sessions = await readSessions(recording);
  for (const { bytes, clientPort } of answers) {
    const [session, ...others] = sessions.filter(({ remotePort }) => remotePort === clientPort);
    expect(others).toEqual([]);
    expect(session && bytesOf(session, 'write').equals(bytes)).toBe(true);
  }
  expect(await readComplaints(capture, NO_RESETS)).toEqual([]);
});
