import { execFileSync } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { hasReader, openPipe } from '../../src/sink/pipe-socket.ts';
import { SocketSink } from '../../src/sink/socket-sink.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
/** Much more than a pipe holds, every byte telling where it is from. */
const chunk = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);

let fifo: string;
let count = 0;
beforeEach(() => {
  fifo = join(folder, `${count++}.fifo`);
  execFileSync('mkfifo', [fifo]);
});

function openReader(): number {
  return openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
}

test('a FIFO is opened when it has a reader, and not before', () => {
  expect(openPipe(fifo)).toBeUndefined();
  expect(hasReader(fifo)).toBe(false);
  const reader = openReader();
  expect(hasReader(fifo)).toBe(true);
  openPipe(fifo)?.destroy();
  closeSync(reader);
  expect(hasReader(fifo)).toBe(false);
});

test('what is no FIFO, or not there, has none', () => {
  expect(openPipe('/dev/null')).toBeUndefined();
  expect(openPipe(join(folder, 'missing'))).toBeUndefined();
});

test('a pipe that is shared stays as it is', () => {
  const reader = openReader();
  const shared = openSync(fifo, constants.O_WRONLY);
  openPipe(`/proc/self/fd/${shared}`)?.destroy();
  expect(fstatSync(shared).isFIFO()).toBe(true);
  const flags = execFileSync('cat', [`/proc/${process.pid}/fdinfo/${shared}`], {
    encoding: 'utf8',
  });
  // Octal, and without O_NONBLOCK.
  expect(Number.parseInt(/flags:\s*(\d+)/.exec(flags)?.[1] ?? '', 8) & constants.O_NONBLOCK).toBe(
    0,
  );
  closeSync(shared);
  closeSync(reader);
});

test('all bytes arrive in order, at the reader’s pace', async () => {
  const reader = openReader();
  const sink = new SocketSink(openPipe(fifo) as Socket);
  const writing = sink.write(chunk).then((outcome) => sink.end().then(() => outcome));
  const received = Buffer.alloc(chunk.length);
  for (let at = 0; at < received.length; await delay(1)) {
    try {
      at += readSync(reader, received, at, Math.min(60_001, received.length - at), null);
    } catch {
      // Nothing is there yet.
    }
  }
  expect(await writing).toBe('written');
  expect(received.equals(chunk)).toBe(true);
  closeSync(reader);
});

test('a reader that leaves closes it, also while a write waits', async () => {
  const reader = openReader();
  const sink = new SocketSink(openPipe(fifo) as Socket);
  const writing = sink.write(chunk);
  closeSync(reader);
  expect(await writing).toBe('closed');
  expect(await sink.write(chunk)).toBe('closed');
  await sink.end();
  expect(sink.isGivenUp).toBe(false);
});

test('a reader that takes nothing is given up when it hurries', async () => {
  const reader = openReader();
  const sink = new SocketSink(openPipe(fifo) as Socket);
  const writing = sink.write(chunk);
  sink.hurry(20);
  expect(await writing).toBe('closed');
  expect(sink.isGivenUp).toBe(true);
  await sink.end();
  closeSync(reader);
});
