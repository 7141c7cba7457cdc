import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runPlaincap } from '../run-plaincap.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readHttp1Exchanges } from './http1-exchanges.ts';
import { NginxSite } from './nginx.ts';
import { captureCommand } from './plaincap.ts';
import { readCalls } from './recorded-calls.ts';
import { readComplaints, readFields, readWarnings } from './tshark.ts';

const folder = temporaryFolder();

/** A server, and clients that begin when it listens. */
const BOTH_ENDS = `
  nginx -c $CONFIGURATION &
  server=$!
  while ! curl -sk -o /dev/null $URL/up; do sleep 0.05; done
  for number in 1 2 3; do
    curl -sk --http1.1 -o /dev/null $URL/a.bin?$number -o /dev/null $URL/a.bin?again-$number
  done
  kill -QUIT $server
  wait $server
`;

it('has each request once, from the client, when server and client are captured', async () => {
  const capture = join(folder, 'both.pcapng');
  const recording = join(folder, 'both.cbor');
  const site = await NginxSite.write(folder, makeCertificate(folder), {
    files: { 'a.bin': Buffer.alloc(50_000, 'a') },
  });
  await captureCommand([capture, recording], ['sh', '-c', BOTH_ENDS], {
    env: { CONFIGURATION: site.configuration, URL: site.url('') },
  });

  // Both ends were captured, or this shows nothing.
  const writers = (await readCalls(recording)).filter(({ direction }) => direction === 'write');
  expect(new Set(writers.map(({ pid }) => pid)).size).toBeGreaterThan(4);

  const exchanges = await readHttp1Exchanges(capture);
  expect(exchanges.map(({ client, uri }) => `${client} ${uri}`)).toEqual(
    site
      .logged()
      .filter(({ path }) => path !== '/up')
      .map(({ client, path }) => `${client} ${site.url(path)}`),
  );
  expect(exchanges).toHaveLength(6);
  for (const { interfaceName } of exchanges) expect(interfaceName).toMatch(/^curl \(\d+\)$/);
  const ofServer = await readFields(capture, 'frame.interface_name contains "nginx"', [
    'tcp.stream',
  ]);
  expect(ofServer).toEqual([]);
  expect(await readComplaints(capture)).toEqual([]);

  // The same with the server's end, and with both: none is missing, none stands there twice.
  const both = exchanges.map(({ uri }) => uri);
  for (const [side, interfaces, expected] of [
    ['server', /^nginx \(\d+\)$/, both],
    ['both', /^(nginx|curl) \(\d+\)$/, [...both, ...both]],
  ] as const) {
    const file = join(folder, `${side}.pcapng`);
    runPlaincap(['export', recording, '-w', file, '--side', side]);
    const written = await readHttp1Exchanges(file);
    expect(written.map(({ uri }) => uri).sort()).toEqual(expected.toSorted());
    for (const { interfaceName } of written) expect(interfaceName).toMatch(interfaces);
    expect(await readWarnings(file)).toEqual([]);
  }
});
