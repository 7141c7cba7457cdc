import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataEvent, Event } from '../../src/event.ts';
import { record } from '../recording/recorded.ts';
import { SAMPLE_EVENTS } from '../recording/sample-events.ts';
import { freshPath, temporaryFolder } from '../temporary-folder.ts';
import { ERASE_TO_END, Screen } from '../terminal/screen.ts';
import { makeCertificate } from './certificate.ts';
import { NodeServer } from './node-server.ts';
import { plaincap, plaincapWords } from './plaincap.ts';
import { Program, succeed } from './program.ts';

const folder = temporaryFolder();
const IN_TERMINAL = join(import.meta.dirname, '../terminal/in_terminal.py');
const PATIENTLY = { timeout: 20_000 };
const STATUS = /^\d+ events?, 1 connection, [\d.]+ kB; 0 bytes lost; file [\d.]+ kB$/;
const SUMMARY = /^plaincap: \d+ events, 1 connection, \d+ bytes; 0 bytes lost$/;

let server: NodeServer;
beforeAll(async () => {
  server = await NodeServer.start(makeCertificate(folder));
});

/** plaincap in a terminal of so many columns. */
function startInTerminal(columns: number, ...args: readonly string[]): Program {
  return new Program('python3', [IN_TERMINAL, `${columns}`, ...plaincapWords(...args)], {
    typed: true,
  });
}

/** Each state of the status line, whole; empty when it was cleared. */
function statesOf(written: string): string[] {
  const parts = written.split(ERASE_TO_END).slice(0, -1);
  return parts.map((part) => part.slice(part.lastIndexOf('\r') + 1));
}

/** A client that asks again and again over one connection, 600 times at most. */
function startClient(): Program {
  const script = `
const { Agent, get } = require('node:https');
const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
let left = 600;
setInterval(() => left-- > 0 && get(process.argv[1], { agent }, (answer) => answer.resume()), 50);
`;
  return new Program(process.execPath, ['-e', script, server.url('/status?bytes=1000')]);
}

describe('a capture in a terminal', () => {
  it('shows what it has in one line, which is gone at the end', async () => {
    const client = startClient();
    const file = join(folder, 'shown.pcapng');
    const capture = startInTerminal(100, 'capture', '--pid', `${client.pid}`, '-w', file);
    const hasStatus = () => statesOf(capture.stdout).some((state) => STATUS.test(state));
    await expect.poll(hasStatus, PATIENTLY).toBe(true);
    const wide = capture.stdout;
    // Narrower than the line: what does not fit is left out.
    capture.type('columns 30\n');
    const narrow = () => statesOf(capture.stdout.slice(wide.length)).filter(isCut);
    await expect.poll(narrow, PATIENTLY).not.toEqual([]);
    const cut = narrow();
    expect(cut.filter((state) => !/^\d+ events, 1 connection/.test(state))).toEqual([]);
    capture.type('columns 100\n');
    capture.type('type ^C\n');
    const { code, stdout } = await capture.ended;
    client.killAll();

    expect(code).toBe(0);
    const states = statesOf(stdout.toString());
    expect(states.at(-1)).toBe('');
    // At most four a second, but for those that the sizes drew.
    expect(Math.max(...states.map((state) => state.length))).toBeLessThan(100);
    const rows = Screen.show(stdout.toString(), 100).filter((row) => row !== '');
    const begin = rows.findIndex((row) => row.endsWith('; Ctrl-C ends it'));
    expect(begin).toBeGreaterThan(-1);
    expect(rows.slice(begin + 1)).toEqual([expect.stringMatching(SUMMARY)]);
    expect(statSync(file).size).toBeGreaterThan(1000);
  });

  function isCut(state: string): boolean {
    return state.length === 29;
  }

  it('leaves the terminal to its command', async () => {
    const file = join(folder, 'left.pcapng');
    const print = ['sh', '-c', 'echo one; sleep 1; echo two >&2'];
    const beside = startInTerminal(100, 'capture', '-w', file, '--', ...print);
    const { stdout } = await beside.ended;
    expect(Screen.show(stdout.toString(), 100).slice(0, 2)).toEqual(['one', 'two']);
    expect(statesOf(stdout.toString())).toEqual([]);
  });

  it('writes whole lines alone where stderr is no terminal', async () => {
    const client = startClient();
    const file = join(folder, 'piped.pcapng');
    const args = ['capture', '--pid', `${client.pid}`, '-w', file, '-a', 'duration:2'];
    const { stderr } = await plaincap(args);
    client.killAll();
    expect(stderr).toMatch(/^plaincap: capturing [^\n]+\nplaincap: [^\n]+ lost\n$/);
    // No control character but line ends.
    expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('how much is told', () => {
  it('is nothing with -q, but an error', async () => {
    const file = join(folder, 'quiet.pcapng');
    const quiet = await plaincap(['capture', '-q', '-w', file, '--', 'true']);
    expect(quiet).toMatchObject({ code: 0, stderr: '' });
    const wrong = await plaincap(['capture', '-q', '--pid', '4194303', '-w', file]);
    expect(wrong.stderr).toMatch(/^plaincap: --pid 4194303: [^\n]+\n$/);
    const both = await plaincap(['capture', '-q', '-v', '-w', file]);
    expect(both).toMatchObject({ code: 2, stderr: expect.stringMatching(/^plaincap: [^\n]+\n$/) });
  });

  it('is what is probed and what comes later with -v', async () => {
    const file = join(folder, 'verbose.pcapng');
    const late = join(folder, 'late-libssl.so');
    const [, library] = /^\s*libssl\.so\.3 .*=> (\S+)$/m.exec(
      (await succeed('/sbin/ldconfig', ['-p'])).toString(),
    ) as RegExpExecArray;
    writeFileSync(late, readFileSync(library as string));
    const load = ['python3', '-c', `import ctypes; ctypes.CDLL('${late}')`];
    const { stderr } = await plaincap(['capture', '-v', '-w', file, '--', ...load]);
    expect(stderr).toMatch(/^plaincap: probing \S+libssl\.so\.3 \(OpenSSL\): .*SSL_read\b/m);
    expect(stderr).toMatch(/^plaincap: connections are learned by (kprobe|tracepoint|syscall)$/m);
    expect(stderr).toMatch(/^plaincap: picked up \S+late-libssl\.so \(OpenSSL\): .*SSL_write\b/m);
    expect(stderr).toMatch(/ 0 bytes lost\n$/);
  });
});

describe('an export in a terminal', () => {
  const recording = join(folder, 'large.cbor');
  const fifo = join(folder, 'slow');

  beforeAll(async () => {
    writeFileSync(recording, record(largeEvents()).bytes);
    await succeed('mkfifo', [fifo]);
  });

  it('shows how much is done, while its reader lets it', async () => {
    const exporting = startInTerminal(80, 'export', recording, '-w', fifo);
    // It opens the FIFO, and reads on when it was seen to wait.
    const seen = freshPath(folder, 'seen');
    const wait = 'i=0; while [ ! -e "$1" ] && [ $i -lt 300 ]; do sleep 0.1; i=$((i + 1)); done';
    const reader = new Program('sh', [
      '-c',
      `exec 3<"$0"; ${wait}; cat <&3 >/dev/null`,
      fifo,
      seen,
    ]);
    const progress = /^([1-9]\d?) % exported, [\d.]+ [kM]B\/s$/;
    const hasProgress = () => statesOf(exporting.stdout).some((state) => progress.test(state));
    await expect.poll(hasProgress, PATIENTLY).toBe(true);
    await succeed('touch', [seen]);
    const { code, stdout } = await exporting.ended;
    expect(code).toBe(0);
    expect((await reader.ended).code).toBe(0);
    expect(Screen.show(stdout.toString(), 80)).toEqual([
      expect.stringMatching(/^plaincap: \d+ events, 1 connection, \d+ bytes; 0 bytes lost$/),
      '',
    ]);
  });

  it('leaves the terminal to who reads its stdout', async () => {
    const script = '"$@" | { sleep 1; cat >/dev/null; }';
    const words = ['sh', '-c', script, 'sh', ...plaincapWords('export', recording)];
    const { stdout } = await new Program('python3', [IN_TERMINAL, '80', ...words]).ended;
    expect(statesOf(stdout.toString())).toEqual([]);
    expect(stdout.toString()).toMatch(/^plaincap: [^\n]* 0 bytes lost\r\n$/);
  });

  it('says nothing with -q', async () => {
    const { code, stderr } = await plaincap(['export', '-q', recording, '-w', '/dev/null']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

/** The sample, with 40 MB of data in its session; what it ends with is cut off. */
function largeEvents(): Event[] {
  const payload = Buffer.alloc(256 * 1024, 'x');
  const { length } = payload;
  const [opened, [data]] = [SAMPLE_EVENTS.slice(0, 3), SAMPLE_EVENTS.filter(isData)];
  const calls = Array.from({ length: 160 }, (_, index) => ({
    ...(data as DataEvent),
    ...{ payload, position: index * length, originalLength: length, capturedLength: length },
  }));
  return [...opened, ...calls];
}

function isData(event: Event): event is DataEvent {
  return event.kind === 'data';
}
