import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './certificate.ts';
import { Program, type ProgramOptions, succeed } from './program.ts';

/** No network, and no module but the standard library. */
const ENV = { GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local', GO111MODULE: 'on' };

/** Debian's package golang-go. */
const DEBIAN_GO = 'go';

/**
 * Builds test/kernel/go/NAME.go into the folder. Returns the program's path.
 *
 * @param flags of `go build`
 * @param go the compiler's command
 */
export async function buildGo(
  folder: string,
  name: string,
  flags: readonly string[] = [],
  go = DEBIAN_GO,
): Promise<string> {
  const source = join(import.meta.dirname, 'go', `${name}.go`);
  if (!existsSync(source)) throw new Error(`${source} is not there`);
  const program = join(folder, [name, ...flags, go].join('').replace(/[^a-z0-9-]/g, ''));
  await succeed(go, ['build', ...flags, '-o', program, source], { env: ENV, timeoutMs: 400_000 });
  return program;
}

/** Starts the program that `buildGo` made of server.go; it has printed its port. */
export async function startGoServer(
  server: string,
  { key, cert }: Certificate,
  options: ProgramOptions = {},
): Promise<{ program: Program; port: number }> {
  const program = new Program(server, ['-key', key, '-cert', cert], { ...options, typed: true });
  await program.prints('port ');
  return { program, port: Number(/port (\d+)/.exec(program.stdout)?.[1]) };
}
