import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { captureCommand } from './plaincap.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();

it('has the times of the wall clock, which rise within a stream', async () => {
  const server = await NodeServer.start(makeCertificate(folder));
  const capture = join(folder, 'times.pcapng');
  const before = Date.now() / 1000;
  const urls = server.url('/[1-20]?bytes=200000');
  await captureCommand([capture], ['curl', '-skZ', '--http1.1', '-o', '/dev/null', urls]);
  const after = Date.now() / 1000;
  const rows = await readFields(capture, 'tcp', ['tcp.stream', 'frame.time_epoch']);
  const last = new Map<string, number>();
  for (const row of rows) {
    const stream = row['tcp.stream'][0] ?? '';
    const time = Number(row['frame.time_epoch'][0]);
    expect(time).toBeGreaterThanOrEqual(last.get(stream) ?? before);
    expect(time).toBeLessThanOrEqual(after);
    last.set(stream, time);
  }
  expect(last.size).toBeGreaterThan(1);
});
