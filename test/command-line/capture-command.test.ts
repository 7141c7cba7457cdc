import { beforeEach, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/command-line/program.ts';
import { DEFAULT_FORM } from '../../src/flow/file-form.ts';
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

const output = { rotation: {}, packetBuffered: false, once: false };

const noFilters = { comms: [], executables: [], uids: [], cgroups: [], ports: [], hosts: [] };

test('options are as they were given, and the exit code is that of the capture', async () => {
  const options =
    '--pid 1 --pid 4194304 --lib a.so --lib b -w x.pcapng --write y.cbor -B 100 --plain -v';
  await runProgram(['capture', ...options.split(' ')]);
  expect(capture).toHaveBeenCalledExactlyOnceWith(
    {
      pids: [1, 4194304],
      withChildren: true,
      filters: noFilters,
      libraries: ['a.so', 'b'],
      destinations: ['x.pcapng', 'y.cbor'],
      form: DEFAULT_FORM,
      ringBytes: 128 * 1024,
      plain: true,
      limits: {},
      untilEof: false,
      loudness: 'verbose',
      output,
    },
    [],
  );
  expect(process.exitCode).toBe(7);
});

test('all options have a default', async () => {
  await runProgram(['capture', '-w', 'x']);
  const options = {
    pids: [],
    withChildren: true,
    filters: noFilters,
    libraries: [],
    destinations: ['x'],
    form: DEFAULT_FORM,
    ringBytes: 32 * 1024 * 1024,
    plain: false,
    limits: {},
    untilEof: false,
    loudness: 'normal',
    output,
  };
  expect(capture).toHaveBeenCalledExactlyOnceWith(options, []);
});

test('filters are as they were given, each value of each', async () => {
  const filters = {
    comms: ['curl', 'python*'],
    executables: ['/usr/bin/curl', './x*'],
    uids: ['0', 'ann'],
    cgroups: ['system.slice', '17'],
    ports: ['443', '8000-8100', 'http-alt'],
    hosts: ['::1', '10.0.0.0/8', 'example.org'],
  };
  const names = { comms: 'comm', executables: 'exe', uids: 'uid', cgroups: 'cgroup' };
  const flags = { ...names, ports: 'port', hosts: 'host' };
  const args = Object.entries(filters).flatMap(([kind, values]) =>
    values.flatMap((value) => [`--${flags[kind as keyof typeof flags]}`, value]),
  );
  await runProgram(['capture', '-w', 'x', '--pid', '1', '--no-children', ...args]);
  const expected = expect.objectContaining({ pids: [1], withChildren: false, filters });
  expect(capture).toHaveBeenCalledExactlyOnceWith(expected, []);
});

test('limits are as they were given', async () => {
  await runProgram(['capture', '-w', 'x', '-c', '10', '-a', 'duration:60']);
  const expected = expect.objectContaining({ limits: { count: 10, autostop: 60 } });
  expect(capture).toHaveBeenCalledExactlyOnceWith(expected, []);
});

test('destinations rotate and are flushed as it was given', async () => {
  const options = '-C 2 -G 60 -W 5 -U --once';
  await runProgram(['capture', '-w', 'x', ...options.split(' ')]);
  const rotation = { maxBytes: 2_000_000, seconds: 60, files: 5 };
  const expected = { rotation, packetBuffered: true, once: true };
  expect(capture).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ output: expected }),
    [],
  );
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

test('the form of pcapng is as it was given', async () => {
  const options = '--encap plain --port-map 443:80 --port-map 8443:8080 --side both';
  await runProgram(['capture', '-w', 'x', '-w', 'y.cbor', ...options.split(' ')]);
  const portMap = new Map([
    [443, 80],
    [8443, 8080],
  ]);
  const form = { encapsulation: 'plain', portMap, side: 'both' };
  expect(capture).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ form }), []);
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
  [['--no-children'], '--no-children is of the processes of --pid'],
  [['--comm', 'sixteen-bytes-on'], "The kernel keeps 15 bytes of a name: 'sixteen-bytes-o'"],
  [['--comm', ''], 'It is empty.'],
  [['--exe', ''], 'It is empty.'],
  [Array(17).fill('--comm=x'), '--comm is given more than 16 times'],
  [['--uid', '4294967295'], 'A user id is a whole number from 0 to 4294967294.'],
  [['--uid', '-1'], 'A user id is a whole number from 0 to 4294967294.'],
  [['--port', '0'], 'Ports are whole numbers from 1 to 65535, the lower first.'],
  [['--port', '65536'], 'Ports are whole numbers from 1 to 65535, the lower first.'],
  [['--port', '9-8'], 'Ports are whole numbers from 1 to 65535, the lower first.'],
  [['-c', '0'], 'A number of calls is a whole number from 1 to'],
  [['-a', '10'], 'It is duration:SECONDS.'],
  [['-a', 'duration:0'], 'A duration is a whole number from 1 to'],
  [['-C', '0'], 'A size is a whole number from 1 to'],
  [['-G', '0.5'], 'A number of seconds is a whole number from 1 to'],
  [['-W', '2'], '-W is of files that rotate: give -C or -G as well'],
  [['-w', 'tcp://x'], '-w tcp://x: it is tcp://ADDRESS:PORT, as in tcp://127.0.0.1:57012'],
  [['--nonsense'], "unknown option '--nonsense'"],
  [['-w', 'a', '-w', 'a'], '-w a is given twice'],
  [['-w', '-', '-w', 'text:-'], '-w - and -w text:- are the same place'],
  [['--encap', 'ssl'], "argument 'ssl' is invalid. Allowed choices are auto, tls, plain."],
  [['--side', 'left'], "argument 'left' is invalid. Allowed choices are client, server, both."],
  [['--port-map', '443'], 'It is two ports from 1 to 65535, as in 443:80.'],
  [['--port-map', '0:80'], 'It is two ports from 1 to 65535, as in 443:80.'],
  [['--port-map', '80:65536'], 'It is two ports from 1 to 65535, as in 443:80.'],
  [['--port-map=443:80', '--port-map=443:81'], 'Port 443 is mapped already.'],
  [['-w', 'a.cbor', '--port-map=443:80'], '--port-map is for pcapng: give -w FILE.pcapng'],
  [['-w', 'a', '--hexdump'], '--hexdump is for a text: give -w text:- or -w text:FILE as well'],
  [['-w', 'text:a', '--json', '--hexdump'], "'--json' cannot be used with option '--hexdump'"],
])('%j is refused', async (args, message) => {
  await expect(runProgram(['capture', ...args])).rejects.toThrow(message);
  expect(capture).not.toHaveBeenCalled();
});
