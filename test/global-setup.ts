import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { reserveClaimedPorts } from './reserved-ports.ts';

/** Builds dist/ once before all tests, for those that run the command line as users do. */
export default function setup(): () => void {
  const { status, stderr } = spawnSync(process.execPath, ['esbuild.config.mjs'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`dist/ cannot be built:\n${stderr}`);
  return reserveClaimedPorts();
}
