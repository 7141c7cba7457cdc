import { spawnSync } from 'node:child_process';

/** What tshark prints, with no preferences set. It throws what it complains of. */
export function tshark(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, WIRESHARK_CONFIG_DIR: '/nonexistent' },
  });
  if (error) throw error;
  const complaints = stderr.split('\n').filter((line) => line !== '' && !AS_ROOT.test(line));
  if (status !== 0 || complaints.length > 0) {
    throw new Error(`tshark ${args.join(' ')}: exit code ${status}\n${complaints.join('\n')}`);
  }
  return stdout;
}

const AS_ROOT = /^Running as user "root"/;
