import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CLI, runPlaincap } from './run-plaincap.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string };

test('--version', () => {
  expect(runPlaincap(['--version'])).toEqual({
    exitCode: 0,
    stdout: Buffer.from(`${version}\n`),
    stderr: '',
  });
});

test.each([
  [['frobnicate'], 2, "plaincap: unknown command 'frobnicate'; see --help\n"],
  [['captur'], 2, "plaincap: unknown command 'captur'; did you mean capture?\n"],
  [['capture', '--pidd'], 2, "plaincap: unknown option '--pidd'; did you mean --pid?\n"],
  [
    ['capture', '--pid', 'x'],
    2,
    "plaincap: option '--pid <pid>' argument 'x' is invalid. A process id is a whole number " +
      'from 1 to 4194304.\n',
  ],
  [['extcap'], 2, 'plaincap: say extcap install, or extcap uninstall\n'],
  [['extcap', 'x'], 2, "plaincap: unknown command 'extcap x': install or uninstall\n"],
  [
    ['extcap', 'install', 'x'],
    2,
    "plaincap: too many arguments for 'install'. Expected 0 arguments but got 1; see --help\n",
  ],
  [['--frobnicate'], 2, "plaincap: unknown option '--frobnicate'; see --help\n"],
  [['export'], 2, "plaincap: missing required argument 'recording'; see --help\n"],
  [
    ['export', 'a', 'b'],
    2,
    "plaincap: too many arguments for 'export'. Expected 1 argument but got 2; see --help\n",
  ],
  [['export', 'a', '-w', 'b', '-w', 'b'], 2, 'plaincap: -w b is given twice\n'],
  [['capture', 'curl'], 2, "plaincap: unexpected 'curl': a command to capture stands after --\n"],
  [['export', '--', '-w'], 1, 'plaincap: cannot open -w: no such file or directory\n'],
])('plaincap %j exits %d', (args, exitCode, stderr) => {
  expect(runPlaincap(args)).toEqual({ exitCode, stdout: Buffer.of(), stderr });
});

test('a bug shows its stack', () => {
  const bug = 'Object.defineProperty(process, "stdin", { get() { throw new TypeError("a bug") } })';
  const preload = `data:text/javascript,${encodeURIComponent(bug)}`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', preload, CLI, 'export', '-'],
    {
      encoding: 'utf8',
    },
  );
  expect(stderr).toMatch(/^TypeError: a bug\n {4}at .*/);
  expect(status).toBe(70);
});
