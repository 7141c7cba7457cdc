import { spawnSync } from 'node:child_process';

/** The environment of a user who has set no preference: who has no home, as nobody. */
export const NO_PREFERENCES = {
  HOME: '/nonexistent',
  XDG_CONFIG_HOME: '/nonexistent',
  WIRESHARK_CONFIG_DIR: '/nonexistent',
};

/** What tshark prints, with no preferences set. It throws what it complains of. */
export function tshark(args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('tshark', args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...NO_PREFERENCES },
  });
  if (error) throw error;
  const complaints = stderr.split('\n').filter((line) => line !== '' && !AS_ROOT.test(line));
  if (status !== 0 || complaints.length > 0) {
    throw new Error(`tshark ${args.join(' ')}: exit code ${status}\n${complaints.join('\n')}`);
  }
  return stdout;
}

const AS_ROOT = /^Running as user "root"/;
