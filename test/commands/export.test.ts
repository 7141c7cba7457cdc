import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { record } from '../recording/recorded.ts';
import { SAMPLE_EVENTS } from '../recording/sample-events.ts';
import { runPlaincap, runShell } from '../run-plaincap.ts';

const { bytes: SAMPLE, starts: STARTS } = record(SAMPLE_EVENTS);
const SUMMARY = 'plaincap: 8 events, 1 connection, 56 bytes; 0 bytes lost\n';

let folder: string;
let sample: string;
const inFolder = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plaincap-export-'));
  sample = inFolder('sample.cbor');
  writeFileSync(sample, SAMPLE);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The requests in a pcapng file, as Wireshark sees them. */
function requestsIn(path: string): string {
  const fields = ['-T', 'fields', '-e', 'http.request.method', '-e', 'http.request.uri'];
  return execFileSync('tshark', ['-r', path, '-Y', 'http.request', ...fields], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

describe('a whole recording', () => {
  test('becomes a file that Wireshark reads, with its owner only', () => {
    const path = inFolder('x.pcapng');
    expect(runPlaincap(['export', sample, '-w', path])).toEqual({
      exitCode: 0,
      stdout: Buffer.of(),
      stderr: SUMMARY,
    });
    expect(requestsIn(path)).toBe('GET\t/\n');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('gives the same bytes by every way', () => {
    const path = inFolder('x.pcapng');
    runPlaincap(['export', sample, '-w', path]);
    const expected = readFileSync(path);
    expect(expected.length).toBeGreaterThan(500);
    expect(runPlaincap(['export', sample])).toEqual({
      exitCode: 0,
      stdout: expected,
      stderr: SUMMARY,
    });
    expect(runPlaincap(['export', sample, '-w', '-']).stdout).toEqual(expected);
    expect(runPlaincap(['export', '-'], SAMPLE).stdout).toEqual(expected);
    expect(runShell('plaincap export - < sample.cbor', folder).stdout).toEqual(expected);
    expect(runShell('plaincap export - < sample.cbor > y.pcapng', folder).exitCode).toBe(0);
    expect(readFileSync(inFolder('y.pcapng'))).toEqual(expected);
  });

  test('goes to several destinations, a recording among them', () => {
    const paths = ['x.pcapng', 'y.pcapng', 'z.cbor'].map(inFolder);
    const { exitCode, stdout } = runPlaincap([
      'export',
      sample,
      ...['-', ...paths].flatMap((path) => ['-w', path]),
    ]);
    expect(exitCode).toBe(0);
    expect(readFileSync(paths[0] as string)).toEqual(stdout);
    expect(readFileSync(paths[1] as string)).toEqual(stdout);
    expect(readFileSync(paths[2] as string)).toEqual(Buffer.from(SAMPLE));
  });

  test('ends quietly when nobody reads stdout', () => {
    const run = runShell('{ plaincap export sample.cbor; echo $? > status; } | true', folder);
    expect(run.stderr).toBe('');
    expect(readFileSync(inFolder('status'), 'utf8')).toBe('0\n');
  });

  test('still fills a file when nobody reads stdout', () => {
    const run = runShell(
      '{ plaincap export sample.cbor -w - -w x.pcapng; echo $? > status; } | true',
      folder,
    );
    expect(run.stderr).toBe(SUMMARY);
    expect(readFileSync(inFolder('status'), 'utf8')).toBe('0\n');
    expect(requestsIn(inFolder('x.pcapng'))).toBe('GET\t/\n');
  });
});

test('a full disk ends the export with a reason, and another destination is whole', () => {
  const path = inFolder('x.pcapng');
  expect(runPlaincap(['export', sample, '-w', '/dev/full', '-w', path])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/^plaincap: \/dev\/full: no space left on device.*\n$/),
  });
  expect(requestsIn(path)).toBe('GET\t/\n');
});

describe('what is not a recording leaves the destination alone', () => {
  const newer = Buffer.from(
    Buffer.from(SAMPLE).toString('latin1').replace('version\x01', 'version\x02'),
    'latin1',
  );
  test.each([
    ['empty', Buffer.of(), ': empty'],
    ['text', Buffer.from('events\n'), ': not a plaincap recording'],
    ['pcapng', Buffer.from('0a0d0d0a1c000000', 'hex'), ': not a plaincap recording'],
    ['other CBOR', Buffer.from('d9d9f7a0', 'hex'), ': not a plaincap recording'],
    ['a begin', SAMPLE.subarray(0, 100), ': cut off in its header'],
    [
      'of a newer version',
      newer,
      ': version 2 of the recording format, and this plaincap reads version 1: use a newer plaincap',
    ],
  ])('%s', (_name, bytes, message) => {
    writeFileSync(sample, bytes);
    const path = inFolder('good.pcapng');
    writeFileSync(path, 'good');
    expect(runPlaincap(['export', sample, '-w', path])).toEqual({
      exitCode: 1,
      stdout: Buffer.of(),
      stderr: `plaincap: ${sample}${message}\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('good');
    expect(runPlaincap(['export', '-', '-w', path], bytes).stderr).toBe(
      `plaincap: stdin${message}\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe('good');
  });

  test('missing, or a folder', () => {
    const path = inFolder('x.pcapng');
    expect(runPlaincap(['export', inFolder('missing.cbor'), '-w', path])).toMatchObject({
      exitCode: 1,
      stderr: `plaincap: cannot open ${inFolder('missing.cbor')}: no such file or directory\n`,
    });
    expect(runPlaincap(['export', folder, '-w', path])).toMatchObject({
      exitCode: 1,
      stderr: `plaincap: cannot read ${folder}: illegal operation on a directory\n`,
    });
    expect(existsSync(path)).toBe(false);
  });
});

describe('a recording that is not whole is exported up to there', () => {
  test('cut off', () => {
    const offset = STARTS.at(-1) as number;
    writeFileSync(sample, SAMPLE.subarray(0, offset + 5));
    const path = inFolder('x.pcapng');
    expect(runPlaincap(['export', sample, '-w', path])).toMatchObject({
      exitCode: 1,
      stderr:
        'plaincap: 7 events, 1 connection, 56 bytes; 0 bytes lost\n' +
        `plaincap: ${sample}: cut off: the last 5 bytes, from offset ${offset} on, are no whole event\n`,
    });
    expect(requestsIn(path)).toBe('GET\t/\n');
  });

  test('damaged', () => {
    // The kind of the second last item: close.
    const offset = STARTS.at(-2) as number;
    const damaged = Buffer.from(SAMPLE);
    damaged[offset + 1] = 23;
    writeFileSync(sample, damaged);
    const path = inFolder('x.pcapng');
    expect(runPlaincap(['export', sample, '-w', path])).toMatchObject({
      exitCode: 1,
      stderr:
        'plaincap: 6 events, 1 connection, 56 bytes; 0 bytes lost\n' +
        `plaincap: ${sample}: damaged at offset ${offset}: an item is of no known kind; ` +
        'what follows was not exported\n',
    });
    expect(requestsIn(path)).toBe('GET\t/\n');
  });
});

describe('a recording is not exported onto itself', () => {
  test.each([
    ['its path', 'sample.cbor'],
    ['another way to it', './sample.cbor'],
    ['a hard link', 'hard.pcapng'],
    ['a symbolic link', 'soft.pcapng'],
  ])('%s', (_name, destination) => {
    linkSync(sample, inFolder('hard.pcapng'));
    symlinkSync(sample, inFolder('soft.pcapng'));
    for (const recording of ['sample.cbor', '- < sample.cbor']) {
      expect(runShell(`plaincap export ${recording} -w ${destination}`, folder)).toMatchObject({
        exitCode: 2,
        stderr: `plaincap: -w ${destination} is the recording itself; write to another file\n`,
      });
    }
    expect(readFileSync(sample)).toEqual(Buffer.from(SAMPLE));
  });

  test('stdout', () => {
    expect(runShell('plaincap export sample.cbor >> sample.cbor', folder)).toMatchObject({
      exitCode: 2,
      stderr: 'plaincap: stdout is the recording itself; write to another file\n',
    });
    expect(readFileSync(sample)).toEqual(Buffer.from(SAMPLE));
  });
});

test('a terminal gets no binary', () => {
  // script(1) gives it a terminal.
  const output = inFolder('typescript');
  const { exitCode } = runShell(
    `script --quiet --return --command '"${process.execPath}" "$CLI" export sample.cbor' ${output}`,
    folder,
  );
  expect(readFileSync(output, 'latin1')).toContain('plaincap: a capture is not for a terminal');
  expect(exitCode).toBe(2);
});
