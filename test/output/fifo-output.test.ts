import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { http2Exchange, type Sent } from '../flow/http2-exchange.ts';
import { commentsByStream, complaints, fieldByStream, packets } from '../flow/wireshark.ts';
import { Program } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { get, LiveScript, OK } from './live-script.ts';

const folder = temporaryFolder();
let fifo: string;
let count = 0;
beforeEach(() => {
  fifo = join(folder, `${count++}.fifo`);
  execFileSync('mkfifo', [fifo]);
});

/** The real one, on the FIFO; prints what it was told to print of requests. */
function tshark(field = 'http.request.uri'): Program {
  const filter = ['-Y', field, '-T', 'fields', '-e', field];
  return new Program('tshark', ['-n', '-l', '-i', fifo, ...filter]);
}

/** A reader that reads when it is told to. */
class Reader {
  readonly #fd = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  readonly #read: Buffer[] = [];

  /** What is there now. */
  read(): number {
    const buffer = Buffer.alloc(1 << 20);
    for (let total = 0; ; ) {
      let length: number;
      try {
        length = readSync(this.#fd, buffer, 0, buffer.length, null);
      } catch {
        return total;
      }
      if (length === 0) return total;
      this.#read.push(Buffer.from(buffer.subarray(0, length)));
      total += length;
    }
  }

  /** Reads on while anything comes. */
  async catchUp(): Promise<void> {
    for (let idle = 0; idle < 20; await delay(5)) idle = this.read() > 0 ? 0 : idle + 1;
  }

  leave(): string {
    closeSync(this.#fd);
    const path = `${fifo}.pcapng`;
    writeFileSync(path, Buffer.concat(this.#read));
    return path;
  }
}

test.each(['before the writer', 'after the writer'])('a reader that comes %s', async (when) => {
  const early = when === 'before the writer' ? tshark() : undefined;
  await early?.says('Capturing on');
  const script = await LiveScript.open([fifo]);
  const reader = early ?? tshark();
  await script.untilReaders(1);
  const session = script.conversation();
  session.write(get('/1'));
  session.read(OK);
  script.outputs.flush();
  await reader.prints('/1\n');
  const shortfall = await script.finish();
  expect(shortfall.missedBytes).toBe(0);
  // The end of the capture is the end of what it reads.
  expect((await reader.ended).code).toBe(0);
});

describe('readers that come late, leave and come back', () => {
  let exchange: Sent[][];
  beforeAll(async () => {
    exchange = await http2Exchange(['/h2/0'], ['/h2/1'], ['/h2/2'], ['/h2/3']);
  });

  test('see what is new, on connections that were there before as well', async () => {
    const script = await LiveScript.open([fifo]);
    const http1 = script.conversation({ remotePort: 80 });
    const http2 = script.conversation();
    http2.handshake({ alpn: 'h2' });
    const talk = (round: number) => {
      http1.write(get(`/h1/${round}`));
      http1.read(OK);
      for (const { direction, bytes } of exchange[round] ?? []) http2[direction](bytes);
      script.outputs.flush();
    };
    const filter = 'http.request.uri or http2.headers.path';
    const fields = ['-e', 'http.request.uri', '-e', 'http2.headers.path'];
    const start = () =>
      new Program('tshark', ['-n', '-l', '-i', fifo, '-Y', filter, '-T', 'fields', ...fields]);

    talk(0);
    for (const round of [1, 2]) {
      const reader = start();
      await script.untilReaders(round);
      talk(round);
      await reader.prints(`/h1/${round}\t\n`);
      await reader.prints(`\t/h2/${round}\n`);
      reader.kill('SIGINT');
      const { stdout } = await reader.ended;
      expect(stdout.toString()).toBe(`/h1/${round}\t\n\t/h2/${round}\n`);
    }
    const last = new Reader();
    await script.untilReaders(3);
    talk(3);
    await script.finish();
    last.read();
    const path = last.leave();
    expect(
      packets(path)
        .slice(0, 2)
        .map(({ flags }) => flags),
    ).toEqual(['SYN', 'SYN ACK']);
    expect([...commentsByStream(path).values()]).toEqual([
      [expect.stringContaining('; 243 bytes were before this file')],
      [expect.stringMatching(/TLS 1\.3.*; \d+ bytes were before this file/)],
    ]);
    expect(fieldByStream(path, 'http2.headers.path').get(1)).toEqual(['/h2/3']);
    expect(fieldByStream(path, 'tls.handshake.extensions_server_name').get(1)).toEqual([
      'server.example',
    ]);
    expect(complaints(path)).toEqual([]);
  });
});

describe('a reader that stalls', () => {
  const part = Buffer.alloc(16_000, 'x');

  test('holds nobody up, and is told what it missed where it is missing', async () => {
    const file = join(folder, 'whole.pcapng');
    const script = await LiveScript.open([fifo, file]);
    const reader = new Reader();
    await script.untilReaders(1);
    const session = script.conversation();
    session.write(get('/stalled'));
    session.read('HTTP/1.1 200 OK\r\nContent-Length: 25000000\r\n\r\n');
    const brief = script.conversation();
    for (let sent = 0; sent < 25_000_000; sent += part.length) {
      session.read(part);
      await script.outputs.drained();
    }
    brief.write(get('/never-seen'));
    brief.end();
    expect(reader.read()).toBeGreaterThan(0);
    await reader.catchUp();
    session.write(get('/afterwards'));
    session.read(OK);
    const ending = script.finish();
    await reader.catchUp();
    const { missedBytes = 0, lostBytes } = await ending;
    const path = reader.leave();

    expect(lostBytes).toEqual({ atStart: 0, between: 0, atEnd: 0 });
    expect(missedBytes).toBeGreaterThan(5_000_000);
    const comments = [...commentsByStream(path).values()].flat();
    const told = comments.flatMap((text) => /(\d+) bytes missed here/.exec(text)?.[1] ?? []);
    const neverSeen = get('/never-seen').length;
    expect(told.map(Number)).toEqual([missedBytes - neverSeen]);
    expect([...fieldByStream(path, 'http.request.uri').values()].flat()).toEqual([
      '/stalled',
      '/afterwards',
    ]);
    // The other destination has all of it.
    expect([...fieldByStream(file, 'http.request.uri').values()].flat().sort()).toEqual([
      '/afterwards',
      '/never-seen',
      '/stalled',
    ]);
  });

  test('at the end is not waited for', async () => {
    const script = await LiveScript.open([fifo]);
    const reader = new Reader();
    await script.untilReaders(1);
    const session = script.conversation();
    session.write(get('/'));
    for (let sent = 0; sent < 1_000_000; sent += part.length) session.read(part);
    expect(await script.finish()).toMatchObject({ missedBytes: 0, unfinishedReaders: 1 });
    reader.leave();
  });
});

test('with --once, a reader that leaves ends the capture', async () => {
  const script = await LiveScript.open([fifo], { once: true });
  const reader = new Reader();
  await script.untilReaders(1);
  expect(script.counts.ends).toBe(0);
  reader.leave();
  await script.outputs.stopped;
  expect(script.counts.ends).toBe(1);
  await script.finish();
});

test('nobody need ever come', async () => {
  const script = await LiveScript.open([fifo]);
  script.conversation().write(get('/'));
  await script.finish();
  expect(script.counts.readers).toBe(0);
});
