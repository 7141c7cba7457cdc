import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDestination, parseDestination } from '../../src/sink/destination.ts';
import { DestinationError } from '../../src/sink/destination-error.ts';
import { StreamSink } from '../../src/sink/stream-sink.ts';
import { UsageError } from '../../src/user-error.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();

test.each([
  ['-', { format: 'pcapng', path: undefined }],
  ['x.pcapng', { format: 'pcapng', path: 'x.pcapng' }],
  ['x', { format: 'pcapng', path: 'x' }],
  ['./-', { format: 'pcapng', path: './-' }],
  ['a.cbor/b', { format: 'pcapng', path: 'a.cbor/b' }],
  ['/a/b.cbor', { format: 'recording', path: '/a/b.cbor' }],
  ['text:-', { format: 'text', path: undefined }],
  ['text:x', { format: 'text', path: 'x' }],
  ['text:a.cbor', { format: 'text', path: 'a.cbor' }],
  ['text:./-', { format: 'text', path: './-' }],
  ['text:text:x', { format: 'text', path: 'text:x' }],
  ['./text:x', { format: 'pcapng', path: './text:x' }],
  ['./text:x.cbor', { format: 'recording', path: './text:x.cbor' }],
  [
    'tcp://127.0.0.1:57012',
    { format: 'pcapng', path: undefined, tcp: { host: '127.0.0.1', port: 57012 } },
  ],
  ['text:tcp://:1', { format: 'text', path: undefined, tcp: { host: '127.0.0.1', port: 1 } }],
  ['./tcp://:1', { format: 'pcapng', path: './tcp://:1' }],
  ['/dev/null', { format: 'pcapng', path: '/dev/null' }],
])('%s', (text, destination) => {
  expect(parseDestination(text)).toEqual(destination);
});

test('text: alone is refused', () => {
  expect(() => parseDestination('text:')).toThrow(
    new UsageError('-w text: names no file: text:FILE, or text:- for stdout'),
  );
});

test('a FIFO is a destination', () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  expect(parseDestination(fifo)).toEqual({ format: 'pcapng', path: fifo });
});

test('a directory is refused', () => {
  const directory = join(folder, 'directory.cbor');
  mkdirSync(directory);
  expect(() => parseDestination(directory)).toThrow(
    new DestinationError(`${directory}: is a directory; name a file or a FIFO`),
  );
});

test('what text: names is looked at as well', () => {
  expect(() => parseDestination(`text:${folder}`)).toThrow(
    new DestinationError(`${folder}: is a directory; name a file or a FIFO`),
  );
});

test('a block device is refused', () => {
  const device = join(folder, 'device');
  execFileSync('mknod', [device, 'b', '7', '250']);
  expect(() => parseDestination(device)).toThrow(
    new DestinationError(`${device}: is a block device or a socket; name a file or a FIFO`),
  );
});

test('a socket is refused', async () => {
  const socket = join(folder, 'socket');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  expect(() => parseDestination(socket)).toThrow(DestinationError);
  server.close();
});

test('a path that cannot be looked at is told', () => {
  const name = 'x'.repeat(300);
  expect(() => parseDestination(name)).toThrow(
    new DestinationError(`${name}: name too long (ENAMETOOLONG)`),
  );
});

test('a file stays as it is until it is opened', async () => {
  const path = join(folder, 'kept.pcapng');
  writeFileSync(path, 'yesterday');
  const destination = parseDestination(path);
  expect(readFileSync(path, 'utf8')).toBe('yesterday');

  const sink = await openDestination(destination, () => 0);
  await sink.write(Buffer.from('today'));
  await sink.end();
  expect(readFileSync(path, 'utf8')).toBe('today');
});

test('standard output is a stream', async () => {
  expect(await openDestination({ format: 'text', path: undefined }, () => 0)).toBeInstanceOf(
    StreamSink,
  );
});
