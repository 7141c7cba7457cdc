/**
 * The programs that plaincap's files are for. A judge that is missing, exits with an error or has
 * something to say on stderr fails the test.
 */
import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';

/** Runs a judge and returns its stdout. */
export function judge(command: string, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw error;
  const complaints = stderr.split('\n').filter((line) => line !== '' && !HARMLESS.test(line));
  expect(complaints, command).toEqual([]);
  expect(status, command).toBe(0);
  return stdout;
}

/** That it runs as root, and tcpdump's name for what it reads. */
const HARMLESS = /^Running as user "root"|^reading from file /;

/** One row a packet, one column a field. */
export function tsharkFields(path: string, ...fields: string[]): string[][] {
  const columns = fields.flatMap((field) => ['-e', field]);
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a'];
  const lines = judge('tshark', '-n', '-r', path, ...format, ...columns).split('\n');
  return lines.slice(0, -1).map((line) => line.split('\t'));
}
