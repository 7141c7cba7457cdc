import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.ts';
import { makeCertificate } from './certificate.ts';
import { readRequestUris } from './http1-exchanges.ts';
import { NodeServer } from './node-server.ts';
import { plaincap, plaincapWords, startPlaincap } from './plaincap.ts';
import { Program, type ProgramOptions } from './program.ts';
import { readFields } from './tshark.ts';

const folder = temporaryFolder();
const capture = join(folder, 'capture.pcapng');

function captured(command: readonly string[], options?: ProgramOptions) {
  return plaincap(['capture', '-w', capture, '--', ...command], options);
}

describe('the exit code', () => {
  it.each([
    { what: 'of success', command: ['true'], code: 0 },
    { what: 'of failure', command: ['sh', '-c', 'exit 3'], code: 3 },
    { what: '128 + n of a signal', command: ['sh', '-c', 'kill -KILL $$'], code: 128 + 9 },
  ])('is that of the command: $what', async ({ command, code }) => {
    const ended = await captured(command);
    expect(ended).toMatchObject({ code, stderr: expect.stringMatching(/^plaincap: .* lost\n$/) });
    expect(await readFields(capture, 'frame', ['frame.number'])).toEqual([]);
  });

  it('is 127 for a command that is not there', async () => {
    const ended = await captured(['no-such-command-4711']);
    const stderr = 'plaincap: no-such-command-4711: command not found\n';
    expect(ended).toMatchObject({ code: 127, stderr });
  });

  it('is 126 for a file that is not executable', async () => {
    const file = join(folder, 'not-executable');
    writeFileSync(file, '');
    const ended = await captured([file]);
    expect(ended).toMatchObject({ code: 126, stderr: `plaincap: ${file}: is not executable\n` });
  });
});

describe('the command', () => {
  it('has its own standard streams', async () => {
    const input = randomBytes(300_000);
    const { code, stdout } = await captured(['sh', '-c', 'cat; echo heard >&2'], { input });
    expect(code).toBe(0);
    expect(stdout.equals(input)).toBe(true);
  });

  it('does not inherit the gate that it waited at', async () => {
    const { stdout } = await captured(['sh', '-c', 'test -e /proc/$$/fd/3 && echo open']);
    expect(stdout.toString()).toBe('');
  });

  it('has the priority that plaincap was started with', async () => {
    const ours = execFileSync('nice', { encoding: 'utf8' });
    const { stdout } = await captured(['sh', '-c', 'nice; nice -n 5 nice']);
    expect(stdout.toString()).toBe(`${ours}${Number(ours) + 5}\n`);
  });

  it('comes after all threads of plaincap, which it may not outrun', async () => {
    const niceness = "cut -d' ' -f19 /proc/$PPID/task/*/stat | sort -u";
    const { stdout } = await captured(['sh', '-c', niceness]);
    expect(stdout.toString()).toBe('-7\n');
  });

  it('gets its arguments as they are', async () => {
    const args = ['a b', '', '*', '$HOME', '--', '-w', "it's", 'line\nbreak', 'ä'];
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    const { stdout } = await captured([process.execPath, '-e', print, '--', ...args]);
    expect(JSON.parse(stdout.toString())).toEqual(args);
  });

  it('gets the environment and the folder of plaincap', async () => {
    const { stdout } = await captured(['sh', '-c', 'pwd; echo "$MARKER"'], {
      cwd: '/usr',
      env: { MARKER: 'a b' },
    });
    expect(stdout.toString()).toBe('/usr\na b\n');
  });

  it('may be a script, with and without an interpreter line', async () => {
    for (const line of ['#!/bin/sh\n', '']) {
      const script = join(folder, 'script');
      writeFileSync(script, `${line}echo "$0 $1"\n`);
      chmodSync(script, 0o755);
      expect((await captured([script, 'one'])).stdout.toString()).toBe(`${script} one\n`);
    }
  });
});

describe('a signal', () => {
  let server: NodeServer;

  beforeAll(async () => {
    server = await NodeServer.start(makeCertificate(folder), {
      beforeAnswer: ({ path }) =>
        path.startsWith('/endless') ? new Promise(() => {}) : Promise.resolve(),
    });
  });

  /** A curl with a request that is answered, and one that is not. */
  function endlessCurl(name: string): [command: string[], isWaiting: () => Promise<void>] {
    const command = [
      'curl',
      '-sk',
      '--http1.1',
      server.url(`/quick/${name}`),
      server.url(`/endless/${name}`),
    ];
    const isWaiting = () =>
      expect.poll(() => server.received.at(-1)?.path, { timeout: 20_000 }).toBe(`/endless/${name}`);
    return [command, isWaiting];
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'to plaincap, %s, is passed on, and the file is whole',
    async (signal) => {
      const [command, isWaiting] = endlessCurl(signal);
      const program = startPlaincap(['capture', '-w', capture, '--', ...command]);
      await isWaiting();
      program.kill(signal);
      const { code, stderr } = await program.ended;
      expect(code).toBe(128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal]);
      expect(stderr).toMatch(/^plaincap: .* 0 bytes lost\n$/);
      const urls = [`/quick/${signal}`, `/endless/${signal}`].map((path) => server.url(path));
      expect(await readRequestUris(capture)).toEqual(urls);
    },
  );

  it('of a terminal, Ctrl-C, ends the command, and the file is whole', async () => {
    const [command, isWaiting] = endlessCurl('terminal');
    const words = plaincapWords('capture', '-w', capture, '--', ...command);
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const terminal = new Program('script', ['-qec', quoted, '/dev/null'], { typed: true });
    await isWaiting();
    terminal.type('\x03');
    const { code, stdout } = await terminal.ended;
    expect(code).toBe(130);
    expect(stdout.toString()).toMatch(/plaincap: .* 0 bytes lost/);
    const urls = ['/quick/terminal', '/endless/terminal'].map((path) => server.url(path));
    expect(await readRequestUris(capture)).toEqual(urls);
  });
});
