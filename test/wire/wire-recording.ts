import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '../kernel/program.ts';

/** After the last packet dumpcap reads its buffer at most so much later. */
const BUFFERED_MS = 400;

/** Records the packets of ports on loopback, as they are on the wire, while `traffic` runs. */
export async function recordWire<T>(
  file: string,
  ports: readonly number[],
  traffic: () => Promise<T>,
): Promise<T> {
  // -B: all that a traffic of seconds can bring, so that none is dropped.
  const filter = ports.map((port) => `tcp port ${port}`).join(' or ');
  const args = ['-q', '-i', 'lo', '-B', '64', '-f', filter, '-w', file];
  const dumpcap = new Program('dumpcap', args, { timeoutMs: 120_000 });
  await dumpcap.says('File:');
  const result = await traffic();
  await delay(BUFFERED_MS);
  dumpcap.kill('SIGINT');
  const { code, stderr } = await dumpcap.ended;
  if (code !== 0) throw new Error(`dumpcap ended with code ${code}: ${stderr}`);
  if (!/dropped on interface .*: \d+\/0 /.test(stderr)) {
    throw new Error(`dumpcap lost packets: ${stderr}`);
  }
  return result;
}
