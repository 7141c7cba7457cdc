import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { type ByteSource, FileSource, StreamSource } from '../../src/recording/byte-source.ts';
import { UserError } from '../../src/user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'plaincap-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function readAll(source: ByteSource, room: number): Promise<string> {
  const into = new Uint8Array(room);
  let all = '';
  for (let length = await source.read(into); length > 0; length = await source.read(into)) {
    all += Buffer.from(into.subarray(0, length)).toString();
  }
  await source.close();
  return all;
}

test.each([1, 3, 100])('a file, %d bytes at once', async (room) => {
  const path = join(folder, 'some');
  writeFileSync(path, 'some bytes');
  expect(await readAll(await FileSource.open(path), room)).toBe('some bytes');
});

test.each([1, 3, 100])('a stream, %d bytes at once', async (room) => {
  const stream = Readable.from([Buffer.from('some'), Buffer.from(' '), Buffer.from('bytes')]);
  const source = new StreamSource('stdin', stream);
  expect(await readAll(source, room)).toBe('some bytes');
  expect(stream.destroyed).toBe(true);
});

test('a file that is not there', async () => {
  const path = join(folder, 'missing');
  await expect(FileSource.open(path)).rejects.toThrow(
    new UserError(`cannot open ${path}: no such file or directory`),
  );
});

test('a folder', async () => {
  const source = await FileSource.open(folder);
  await expect(source.read(new Uint8Array(1))).rejects.toThrow(
    new UserError(`cannot read ${folder}: illegal operation on a directory`),
  );
  await source.close();
});
