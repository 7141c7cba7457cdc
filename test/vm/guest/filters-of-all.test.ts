import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { findCgroupMount } from '../../../src/filters/cgroup.ts';
import { makeCertificate } from '../../kernel/certificate.ts';
import { readRequestUris } from '../../kernel/http1-exchanges.ts';
import { NodeServer } from '../../kernel/node-server.ts';
import { captureWhile } from '../../kernel/plaincap.ts';
import { succeed } from '../../kernel/program.ts';
import { temporaryFolder } from '../../sink/temporary-folder.ts';

const folder = temporaryFolder();
const capture = join(folder, 'filtered.pcapng');
const fetcher = join(folder, 'fetcher');
const cgroup = join(findCgroupMount() ?? '', 'wanted');

let server: NodeServer;
beforeAll(async () => {
  copyFileSync('/usr/bin/curl', fetcher);
  mkdirSync(cgroup);
  server = await NodeServer.start(makeCertificate(folder));
});

it.each([
  { what: 'a comm', flags: ['--comm', 'fetcher'], path: '/fetcher' },
  { what: 'an executable', flags: ['--exe', `${folder}/f*r`], path: '/fetcher' },
  { what: 'a cgroup', flags: ['--cgroup', 'wanted'], path: '/cgroup' },
  { what: 'a user and a comm', flags: ['--uid', 'nobody', '--comm', 'curl'], path: '/nobody' },
])('of all processes, captures those of $what', async ({ flags, path }) => {
  const script = `
    ask='-sko /dev/null --http1.1'
    curl $ask $URL/curl
    "$FETCHER" $ask $URL/fetcher
    setpriv --reuid=65534 --clear-groups curl $ask $URL/nobody
    sh -c 'echo $$ >$CGROUP/cgroup.procs && exec curl '"$ask"' $URL/cgroup'`;
  server.received.length = 0;
  await captureWhile(flags, [capture], () =>
    succeed('sh', ['-ec', script], {
      env: { URL: server.url(''), FETCHER: fetcher, CGROUP: cgroup },
    }),
  );
  expect(server.received).toHaveLength(4);
  expect(await readRequestUris(capture)).toEqual([server.url(path)]);
});
