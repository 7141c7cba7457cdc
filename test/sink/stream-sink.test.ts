import { execFileSync } from 'node:child_process';
import { closeSync, constants, createReadStream, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { DestinationError } from '../../src/sink/destination-error.ts';
import { openFile } from '../../src/sink/open-file.ts';
import { StreamSink } from '../../src/sink/stream-sink.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const folder = temporaryFolder();
const MEBIBYTE = 1024 * 1024;
const noBoundary = () => 0;
/** Much more than a pipe holds, every byte telling where it is from. */
const chunk = Uint8Array.from({ length: MEBIBYTE }, (_, index) => index % 251);

let fifo: string;
let count = 0;
beforeEach(() => {
  fifo = join(folder, `${count++}.fifo`);
  execFileSync('mkfifo', [fifo]);
});

/** A reader that does not read, which lets a writer open the FIFO. */
function openReader(): number {
  return openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
}

describe('a FIFO', () => {
  test('gets all bytes in order', async () => {
    const received = buffer(createReadStream(fifo));
    const sink = await openFile(fifo, noBoundary);
    expect(await sink.write(chunk)).toBe('written');
    expect(await sink.write(chunk.subarray(0, 7))).toBe('written');
    await sink.end();
    const expected = Buffer.concat([chunk, chunk.subarray(0, 7)]);
    expect((await received).equals(expected)).toBe(true);
  });

  test('with a reader that stalls does not hold up the event loop', async () => {
    const reader = openReader();
    const sink = await openFile(fifo, noBoundary);
    const writing = sink.write(chunk);
    const start = performance.now();
    await setTimeout(50);
    expect(performance.now() - start).toBeLessThan(500);
    closeSync(reader);
    expect(await writing).toBe('closed');
    await sink.end();
  });

  test('without a reader any more is closed, which is no error', async () => {
    const reader = openReader();
    const sink = await openFile(fifo, noBoundary);
    expect(await sink.write(Buffer.from('x'))).toBe('written');
    closeSync(reader);
    expect(await sink.write(Buffer.from('y'))).toBe('closed');
    await sink.end();
  });

  test('that another process made non-blocking is waited for, not spun on', async () => {
    const reader = openReader();
    const writer = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    const sink = new StreamSink(writer, 'standard output', async () => closeSync(writer));
    const writing = sink.write(chunk);

    const before = process.cpuUsage();
    await setTimeout(300);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000, 'ms of CPU while nothing moves').toBeLessThan(150);

    const received = Buffer.alloc(MEBIBYTE);
    for (let at = 0; at < MEBIBYTE; await setTimeout(1)) {
      // Odd sizes, so that the pipe takes the writes in parts.
      const end = Math.min(at + 60_001, MEBIBYTE);
      while (at < end) {
        try {
          at += readSync(reader, received, at, end - at, null);
        } catch {
          break;
        }
      }
    }
    expect(await writing).toBe('written');
    await sink.end();
    closeSync(reader);
    expect(received.equals(chunk)).toBe(true);
  });
});

test('a full device is told', async () => {
  const sink = await openFile('/dev/full', noBoundary);
  await expect(sink.write(chunk)).rejects.toThrow(
    new DestinationError('/dev/full: no space left on device (ENOSPC)'),
  );
  await sink.end();
});

test('a close that fails is told', async () => {
  const sink = new StreamSink(-1, 'x', () => Promise.reject(new Error('lost')));
  await expect(sink.end()).rejects.toThrow(new DestinationError('x: lost'));
});
