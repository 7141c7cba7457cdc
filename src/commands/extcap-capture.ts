import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { userInfo } from 'node:os';
import { text } from 'node:stream/consumers';
import { openFifo } from '../extcap/fifo.ts';
import { canCapture, installCommand } from '../extcap/privilege.ts';
import { ownCommand } from '../own-command.ts';
import { UserError } from '../user-error.ts';

/** Of sudo when it does not run the command. */
const EXIT_SUDO = 1;

/** What begins each line that is ours. */
const OWN_LINE = /^plaincap: /m;

/**
 * Captures into Wireshark's FIFO, until a signal, or until nobody reads there any more. stderr stays
 * empty unless it fails: Wireshark shows as an error whatever is there.
 *
 * The capture is a process of its own, as sudo may have to start it. That one may not be sent a
 * signal by us: it ends when its stdin does, also when we are killed.
 *
 * @param makeWords gives the arguments of `capture`. Wireshark shows an error when its FIFO was
 *   opened and closed, so nothing is refused before.
 * @returns the exit code
 * @throws UserError without the privilege to capture
 */
export async function captureToFifo(
  fifo: string,
  makeWords: () => readonly string[],
): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stopping.abort());
  }
  const descriptor = await openFifo(fifo, stopping.signal);
  if (descriptor === undefined) return 0;

  const isPrivileged = canCapture();
  const [program = '', ...args] = [
    ...(isPrivileged ? [] : ['sudo', '-n', '--']),
    ...ownCommand(),
    ...['capture', '--quiet', '--until-eof', '--write', '-', ...makeWords()],
  ];
  const child = spawn(program, args, { stdio: ['pipe', descriptor, 'pipe'] });
  closeSync(descriptor);
  const { stdin, stderr } = child;
  if (!stdin || !stderr) throw new Error('its stdin and stderr are no pipes');
  stdin.on('error', () => {}); // It ended by itself.
  const stop = () => stdin.end();
  stopping.signal.addEventListener('abort', stop);
  if (stopping.signal.aborted) stop();

  const said = text(stderr);
  const code = await once(child, 'exit').then(
    ([exitCode]) => exitCode as number | null,
    () => null, // There is no sudo.
  );
  if (code === 0) return 0;
  const isRefused = !isPrivileged && (code ?? EXIT_SUDO) === EXIT_SUDO;
  if (isRefused && !OWN_LINE.test(await said)) throw new UserError(withoutPrivilege());
  process.stderr.write(await said);
  return code ?? 1;
}

function withoutPrivilege(): string {
  return (
    `cannot capture: ${userInfo().username}, who runs Wireshark, has no CAP_BPF and CAP_PERFMON, ` +
    `and sudo asks for a password; mend: ${installCommand()}`
  );
}
