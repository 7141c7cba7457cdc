import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { version } from '../../src/version.ts';

/** The first line that a command prints; `none` if it is not there. */
function firstLine(command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).split('\n', 1)[0] as string;
  } catch {
    return 'none';
  }
}

/** What the figures were measured on and with. */
export function describeMachine(): string {
  const [cpu] = cpus();
  return [
    `${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    `plaincap ${version}, node ${process.version}, ${firstLine('openssl', 'version')}`,
    `${firstLine('h2load', '--version')}, ${firstLine('go', 'version')}, ${firstLine('text2pcap', '--version')}`,
  ].join('\n');
}
