import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { compile } from './c-program.ts';
import { readRequestUris } from './http1-exchanges.ts';
import { plaincap } from './plaincap.ts';
import { readEvents } from './recorded-calls.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const FILE_BYTES = 300_000;

it('is told what the kernel encrypts from a file, which no program ever has in memory', async () => {
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    let length = 0;
    for await (const chunk of request) length += chunk.length;
    received.push(`${request.url} ${length}`);
    response.setHeader('Content-Length', '4').end('done');
  });
  afterAll(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const capture = join(folder, 'sendfile.pcapng');
  const recording = join(folder, 'sendfile.cbor');
  const file = join(folder, 'file');
  writeFileSync(file, Buffer.alloc(FILE_BYTES, 'x'));
  const command = [compile('sendfile-calls', folder, []), `${port}`, file];
  const destinations = ['-w', capture, '-w', recording];
  const { code, stderr } = await plaincap(['capture', ...destinations, '--', ...command]);
  expect(code).toBe(0);
  expect(received).toEqual([`/file ${FILE_BYTES}`, '/after 0']);
  expect(stderr).toMatch(
    new RegExp(` ${FILE_BYTES} bytes lost \\(sendfile: ${FILE_BYTES} bytes of \\d+ calls?\\)\\n$`),
  );

  const rows = await readFields(capture, 'frame.comment contains "lost"', ['frame.comment']);
  expect(rows.map((row) => row['frame.comment'][0])).toEqual([
    expect.stringContaining(`${FILE_BYTES} bytes lost here`),
  ]);
  const uris = await readRequestUris(capture);
  expect(uris.map((uri) => new URL(uri).pathname)).toEqual(['/file', '/after']);
  await readEvents(recording, (event) => {
    if (event.kind !== 'session-end') return;
    expect(event.writePosition).toBeGreaterThan(FILE_BYTES);
    expect(event.readPosition).toBeLessThan(FILE_BYTES);
  });
});
