import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { NO_PREFERENCES } from '../../samples/tshark.ts';

/** A capture file, and the TLS keys of what it holds as it was on the wire. */
export interface Source {
  file: string;
  keys?: string;
}

/** What tshark prints of a file, line by line, as all can be long. */
export async function* tsharkLines(
  { file, keys }: Source,
  args: readonly string[],
): AsyncGenerator<string> {
  const words = ['-n', '-r', file, ...(keys === undefined ? [] : wireOptions(keys)), ...args];
  const env = { ...process.env, ...NO_PREFERENCES };
  const child = spawn('tshark', words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  yield* createInterface({ input: child.stdout });
  const [code] = await closed;
  if (code !== 0) throw new Error(`tshark ${words.join(' ')}: code ${code}`);
}

/** On two CPUs, dumpcap can see a segment before the one that was sent before. */
function wireOptions(keys: string): string[] {
  return ['-o', `tls.keylog_file:${keys}`, '-o', 'tcp.reassemble_out_of_order:TRUE'];
}
