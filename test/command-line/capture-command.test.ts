import { beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/command-line/program.ts';
import { PLAIN_STYLE } from '../../src/text/text-style.ts';

const capture = vi.fn(async () => 7);
vi.mock('../../src/commands/capture.ts', () => ({ capture }));

beforeEach(() => {
  capture.mockClear();
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  process.exitCode = undefined;
  return () => {
    process.exitCode = undefined;
    vi.restoreAllMocks();
  };
});

test('options are as they were given, and the exit code is that of the capture', async () => {
  const options =
    '--pid 1 --pid 4194304 --lib a.so --lib b -w x.pcapng --write y.cbor -B 100 --plain';
  await runProgram(['capture', ...options.split(' ')]);
  expect(capture).toHaveBeenCalledExactlyOnceWith(
    {
      pids: [1, 4194304],
      libraries: ['a.so', 'b'],
      destinations: ['x.pcapng', 'y.cbor'],
      ringBytes: 128 * 1024,
      plain: true,
    },
    [],
  );
  expect(process.exitCode).toBe(7);
});

test('all options have a default', async () => {
  await runProgram(['capture', '-w', 'x']);
  const options = {
    pids: [],
    libraries: [],
    destinations: ['x'],
    ringBytes: 16 * 1024 * 1024,
    plain: false,
  };
  expect(capture).toHaveBeenCalledExactlyOnceWith(options, []);
});

test.each([
  ['4', 4096],
  ['5', 8192],
  ['1048576', 1024 ** 3],
])('a buffer of %s KiB is one of %d bytes', async (kib, ringBytes) => {
  await runProgram(['capture', '-w', 'x', '-B', kib]);
  expect(capture).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ ringBytes }), []);
});

test('options of a text are taken where there is one', async () => {
  await runProgram(['capture', '-w', 'x', '-w', 'text:-', '--latency', '--hexdump']);
  const text = { ...PLAIN_STYLE, latency: true, hexdump: true };
  expect(capture).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ text }), []);
});

test('a text needs no options', async () => {
  await runProgram(['capture', '-w', 'text:x']);
  const options = expect.objectContaining({ text: PLAIN_STYLE });
  expect(capture).toHaveBeenCalledExactlyOnceWith(options, []);
});

test('what stands after -- is the command, also options that plaincap has', async () => {
  const command = ['curl', '--pid', 'x', '-w', '%{http_code}', '--', '--help', ''];
  await runProgram(['capture', '-w', 'x', '--', ...command]);
  expect(capture).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ destinations: ['x'], pids: [] }),
    command,
  );
});

test.each([
  [['curl'], "unexpected 'curl': a command to capture stands after --"],
  [['curl', '--', 'curl'], "unexpected 'curl': a command to capture stands after --"],
  [['--'], 'there is no command after --'],
  [['-w', '--', 'curl'], "option '-w, --write <dest>' argument missing"],
  [['--pid', '0'], 'A process id is a whole number from 1 to 4194304.'],
  [['--pid', '1e3'], 'A process id is a whole number from 1 to 4194304.'],
  [['--pid', '-1'], "option '--pid <pid>' argument '-1' is invalid."],
  [['-B', '3'], 'A buffer size is a whole number from 4 to 1048576.'],
  [['-B', '16M'], 'A buffer size is a whole number from 4 to 1048576.'],
  [['--nonsense'], "unknown option '--nonsense'"],
  [['-w', 'a', '-w', 'a'], '-w a is given twice'],
  [['-w', '-', '-w', 'text:-'], '-w - and -w text:- are the same place'],
  [['-w', 'a', '--hexdump'], '--hexdump is for a text: give -w text:- or -w text:FILE as well'],
  [['-w', 'text:a', '--json', '--hexdump'], "'--json' cannot be used with option '--hexdump'"],
])('%j is refused', async (args, message) => {
  await expect(runProgram(['capture', ...args])).rejects.toThrow(message);
  expect(capture).not.toHaveBeenCalled();
});
