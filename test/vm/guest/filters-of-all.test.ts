import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findCgroupMount } from '../../../src/filters/cgroup.ts';
import { makeCertificate } from '../../kernel/certificate.ts';
import { NodeServer } from '../../kernel/node-server.ts';
import { captureAtOnce } from '../../kernel/plaincap.ts';
import { succeed } from '../../kernel/program.ts';
import { readCalls } from '../../kernel/recorded-calls.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const folder = temporaryFolder();
const fetcher = join(folder, 'fetcher');
const cgroup = join(findCgroupMount() ?? '', 'wanted');

const CAPTURES = [
  { what: 'a comm', filters: ['--comm', 'fetcher'], path: '/fetcher' },
  { what: 'an executable', filters: ['--exe', `${folder}/f*r`], path: '/fetcher' },
  { what: 'a cgroup', filters: ['--cgroup', 'wanted'], path: '/cgroup' },
  { what: 'a user and a comm', filters: ['--uid', 'nobody', '--comm', 'curl'], path: '/nobody' },
].map((each) => ({ ...each, files: [join(folder, `${each.what}.cbor`)] as const }));

it('captures of all processes those of a filter', async () => {
  copyFileSync('/usr/bin/curl', fetcher);
  mkdirSync(cgroup, { recursive: true });
  const server = await NodeServer.start(makeCertificate(folder));
  const script = `
    ask='-sko /dev/null --http1.1'
    curl $ask $URL/curl
    "$FETCHER" $ask $URL/fetcher
    setpriv --reuid=65534 --clear-groups curl $ask $URL/nobody
    sh -c 'echo $$ >$CGROUP/cgroup.procs && exec curl '"$ask"' $URL/cgroup'`;
  await captureAtOnce(CAPTURES, () =>
    succeed('sh', ['-ec', script], {
      env: { URL: server.url(''), FETCHER: fetcher, CGROUP: cgroup },
    }),
  );
  expect(server.received).toHaveLength(4);
  for (const { what, files, path } of CAPTURES) {
    const calls = await readCalls(files[0]);
    const requests = calls.flatMap(({ bytes }) => /^GET (\S+)/.exec(`${bytes}`)?.[1] ?? []);
    expect(requests, what).toEqual([path]);
  }
});
