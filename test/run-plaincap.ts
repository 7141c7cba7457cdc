import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What global-setup.ts built. */
export const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

export interface Run {
  exitCode: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs the real command line. Its stdin is empty but for `input`, its stdout is a pipe. */
export function runPlaincap(args: readonly string[], input: Uint8Array = Buffer.of()): Run {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [CLI, ...args], {
    input,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return { exitCode: status, stdout, stderr: stderr.toString() };
}

/** Runs a shell's command line in which `plaincap` is ours; a program finds it as `$CLI`. */
export function runShell(script: string, cwd: string): Run {
  const { status, stdout, stderr } = spawnSync(
    '/bin/sh',
    ['-c', `plaincap() { "${process.execPath}" "${CLI}" "$@"; }\n${script}`],
    { cwd, env: { ...process.env, CLI } },
  );
  return { exitCode: status, stdout, stderr: stderr.toString() };
}
