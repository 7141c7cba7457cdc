import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DataEvent, Event } from '../../src/event.ts';
import { record } from '../recording/recorded.ts';
import { SAMPLE_EVENTS } from '../recording/sample-events.ts';
import { runPlaincap, runShell } from '../run-plaincap.ts';
import { data } from '../text/printed.ts';

const { bytes: SAMPLE, starts: STARTS } = record(SAMPLE_EVENTS);
const SUMMARY = 'plaincap: 8 events, 1 connection, 56 bytes; 0 bytes lost\n';

/** Data whose every byte a terminal may obey. */
const EVIL: readonly Event[] = [
  { ...(SAMPLE_EVENTS[0] as Event), comm: '\x1b[31mcurl' } as Event,
  ...SAMPLE_EVENTS.slice(1, 3),
  data(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  data('\x1b]0;title\x07\u009b31m\u202e', { position: 256 }),
];

const { TZ } = process.env;
let folder: string;
let sample: string;
const inFolder = (name: string) => join(folder, name);

beforeAll(() => {
  process.env.TZ = 'UTC';
});
afterAll(() => {
  if (TZ === undefined) delete process.env.TZ;
  else process.env.TZ = TZ;
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaincap-print-'));
  sample = inFolder('sample.cbor');
  writeFileSync(sample, SAMPLE);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a whole recording', () => {
  test('is shown on stdout, from a file or from stdin', () => {
    const { exitCode, stdout, stderr } = runPlaincap(['print', sample]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: SUMMARY });
    expect(stdout.toString().match(/^(SSL_\w+|----- DATA -----\n[A-Z].*)/gm)).toEqual([
      'SSL_write',
      '----- DATA -----\nGET / HTTP/1.1',
      'SSL_read',
      '----- DATA -----\nHTTP/1.1 200 OK',
    ]);
    expect(runPlaincap(['print', '-'], SAMPLE).stdout).toEqual(stdout);
  });

  test('has what was lost in the last line, also without the capture’s own count', () => {
    const [process, connection, session, write] = SAMPLE_EVENTS as [Event, Event, Event, DataEvent];
    const later = { ...write, position: 100 };
    writeFileSync(sample, record([process, connection, session, write, later]).bytes);
    for (const option of [[], ['--json']]) {
      expect(runPlaincap(['print', sample, ...option]).stderr).toBe(
        'plaincap: 5 events, 1 connection, 36 bytes; 82 bytes lost\n',
      );
    }
  });

  test('ends quietly when nobody reads stdout', () => {
    const long = Array.from({ length: 200 }, (_, i) =>
      data('x'.repeat(20_000), { position: 20_000 * i }),
    );
    writeFileSync(sample, record([...SAMPLE_EVENTS.slice(0, 3), ...long]).bytes);
    const run = runShell('{ plaincap print sample.cbor; echo $? > status; } | head -n 3', folder);
    expect(run.stdout.toString()).toMatch(/^FUNC .*\n-- 2025-11-21 .*\nSSL_read .*\n$/);
    expect(run.stderr).toBe('');
    expect(readFileSync(inFolder('status'), 'utf8')).toBe('0\n');
  });

  test('is told when stdout is full', () => {
    expect(runShell('plaincap print sample.cbor > /dev/full', folder)).toMatchObject({
      exitCode: 1,
      stderr: 'plaincap: standard output: no space left on device (ENOSPC)\n',
    });
  });

  test('goes to a file of its owner as well, beside a capture', () => {
    const [text, capture] = ['x.txt', 'x.pcapng'].map(inFolder) as [string, string];
    runPlaincap(['export', sample, '-w', `text:${text}`, '-w', capture]);
    expect(readFileSync(text)).toEqual(runPlaincap(['print', sample]).stdout);
    expect(statSync(text).mode & 0o777).toBe(0o600);
    expect(execFileSync('capinfos', ['-Mc', capture], { encoding: 'utf8' })).toMatch(
      /packets: +\d/,
    );
  });
});

describe('a recording that is not whole is shown up to there', () => {
  test('cut off', () => {
    const offset = STARTS.at(-1) as number;
    const { exitCode, stdout, stderr } = runPlaincap(
      ['print', '-'],
      SAMPLE.subarray(0, offset + 5),
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'plaincap: 7 events, 1 connection, 56 bytes; 0 bytes lost\n' +
        `plaincap: stdin: cut off: the last 5 bytes, from offset ${offset} on, are no whole event\n`,
    });
    expect(stdout).toEqual(runPlaincap(['print', sample]).stdout);
  });

  test('damaged', () => {
    const offset = STARTS.at(-2) as number;
    const damaged = Buffer.from(SAMPLE);
    damaged[offset + 1] = 23;
    const { exitCode, stderr } = runPlaincap(['print', '-'], damaged);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ of no known kind; what follows was not printed\n$/);
  });

  test('of something else', () => {
    expect(runPlaincap(['print', '-'], Buffer.from('events\n'))).toEqual({
      exitCode: 1,
      stdout: Buffer.of(),
      stderr: 'plaincap: stdin: not a plaincap recording\n',
    });
  });
});

test.each([
  ['print sample.cbor >> sample.cbor', 'stdout'],
  ['export sample.cbor -w text:hard.txt', '-w hard.txt'],
])('a recording is not overwritten: %s', (command, name) => {
  linkSync(sample, inFolder('hard.txt'));
  expect(runShell(`plaincap ${command}`, folder)).toMatchObject({
    exitCode: 2,
    stderr: `plaincap: ${name} is the recording itself; write to another file\n`,
  });
  expect(readFileSync(sample)).toEqual(Buffer.from(SAMPLE));
});

test.each(['', '--hexdump', '--json'])('a terminal gets no byte that it may obey: %s', (option) => {
  // script(1) gives it a terminal.
  const evil = [{ reason: '\x1b[31mring-full', calls: 1, bytes: 1 }];
  const statistics = {
    kind: 'statistics',
    ktimeNs: 0,
    calls: 1,
    bytes: 1,
    contradictions: 0,
  } as const;
  writeFileSync(sample, record([...EVIL, { ...statistics, lost: evil }]).bytes);
  const output = inFolder('typescript');
  const { exitCode } = runShell(
    `script --quiet --return --command '"${process.execPath}" "$CLI" print ${option} sample.cbor' ${output}`,
    folder,
  );
  expect(exitCode).toBe(0);
  const [, ...lines] = readFileSync(output, 'utf8').split('\n');
  // The terminal's own line ends, and the line that script itself adds.
  const shown = lines.slice(0, -2).join('\n').replaceAll('\r\n', '\n');
  expect(shown).toContain(option === '--json' ? '\\u001b[31mcurl' : '\\x1b[31mcurl');
  expect(shown.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(shown).toContain('ring-full: 1 byte of 1 call');
});
