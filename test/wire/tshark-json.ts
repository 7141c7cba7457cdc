import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

/** The home of a user who has set no preference. */
const home = mkdtempSync(join(tmpdir(), 'plaincap-wire-'));
afterAll(() => rmSync(home, { recursive: true }));

export interface Packet {
  _source: { layers: Record<string, unknown> };
}

/** The packets of a file, as `tshark -T json` prints them: one at a time, as all can be long. */
export async function* packets(file: string, options: readonly string[]): AsyncGenerator<Packet> {
  const args = ['-n', '-r', file, '-Y', 'tcp', '-T', 'json', '--no-duplicate-keys', ...options];
  const env = { ...process.env, HOME: home, XDG_CONFIG_HOME: home };
  const child = spawn('tshark', args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let lines: string[] = [];
  // An array whose elements begin with a brace indented by two.
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === '  {') lines = [];
    lines.push(line);
    if (line !== '  }' && line !== '  },') continue;
    yield JSON.parse(lines.join('\n').replace(/,$/, '')) as Packet;
  }
  const [code] = await closed;
  if (code !== 0) throw new Error(`tshark ${args.join(' ')}: code ${code}`);
}
