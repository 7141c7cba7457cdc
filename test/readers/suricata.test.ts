import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { exportSample, requestsOf } from './shipped-sample.ts';
import { Suite } from './suite.ts';

const folder = temporaryFolder();

/** Of an HTTP transaction in Suricata's log. */
interface HttpEvent {
  dest_port: number;
  http: { http_method: string; hostname: string; http_port?: number; url: string; status: number };
}

let suite: Suite;
beforeAll(async () => {
  suite = await Suite.get('trixie');
}, 600_000);

/** The HTTP transactions that Suricata logs of a file, without any rules of ours or theirs. */
async function httpEvents(path: string): Promise<HttpEvent[]> {
  const file = suite.take(path);
  const log = `${file}.log`;
  mkdirSync(suite.outside(log));
  const output = await suite.judge(
    'suricata',
    ...['-r', file, '-l', log, '-S', '/dev/null', '--runmode', 'single'],
  );
  expect(output).toContain('Suricata version 7.');
  const lines = readFileSync(join(suite.outside(log), 'eve.json'), 'utf8')
    .trim()
    .split('\n');
  const events = lines.map((line) => JSON.parse(line));
  return events.filter(({ event_type: type }) => type === 'http');
}

it('logs the requests of a file in plain TCP on the port of HTTP', async () => {
  const name = 'http1-keep-alive';
  const options = ['--encap', 'plain', '--port-map', '8443:80'];
  const events = await httpEvents(exportSample(folder, name, ...options));
  const found = events.map(({ dest_port: port, http }) => {
    const { http_method: method, hostname, http_port: realPort, url } = http;
    return `${port} ${method} https://${hostname}:${realPort}${url}`;
  });
  expect(found).toEqual(requestsOf(name).map((request) => `80 ${request}`));
  expect(events.map(({ http }) => http.status)).toEqual([200, 200, 404, 201, 200]);
});

it('sees none of them in TLS', async () => {
  expect(await httpEvents(exportSample(folder, 'http1-keep-alive'))).toEqual([]);
});
