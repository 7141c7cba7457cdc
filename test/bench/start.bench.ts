import { join } from 'node:path';
import { it } from 'vitest';
import { plaincapWords } from '../kernel/plaincap.ts';
import { succeed } from '../kernel/program.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { compare, type Measured } from './comparison.ts';
import { report } from './report.ts';
import { IS_TRIAL, ROUNDS } from './scale.ts';

const folder = temporaryFolder();

async function timeOf(...[command, ...args]: [string, ...string[]]): Promise<Measured> {
  const start = performance.now();
  await succeed(command, args);
  return { value: performance.now() - start };
}

it('start', async () => {
  const rounds = IS_TRIAL ? 1 : 5 * ROUNDS;
  const node = () => timeOf(process.execPath, '-e', '0');
  const file = join(folder, 'start.pcapng');
  report('Start', [
    await compare(
      { workload: 'start', unit: 'ms', rounds },
      {
        'node -e 0': node,
        'plaincap --help': () => timeOf(...plaincapWords('--help')),
        'plaincap capture -- COMMAND, until COMMAND runs': async () => {
          const words = plaincapWords('capture', '-w', file, '--', 'date', '+%s%N');
          const start = Date.now();
          const printed = `${await succeed(words[0], words.slice(1))}`;
          return { value: Number(printed) / 1e6 - start };
        },
      },
    ),
  ]);
});
