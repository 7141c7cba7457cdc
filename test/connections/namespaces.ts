import { freePort } from '../kernel/free-port.ts';
import { succeed } from '../kernel/program.ts';
import type { Truth } from './truth.ts';
import { programOf, startReady, stop, type Workbench } from './workbench.ts';

const NAMES = ['a', 'b'];

/**
 * Two connections with the same addresses and ports at the same time, in two network namespaces. The
 * clients are in namespaces of pids, too.
 */
export async function captureNamespaces(bench: Workbench): Promise<Truth> {
  const port = await freePort();
  const made: string[] = [];
  try {
    for (const name of NAMES.map((name) => `plaincap-${process.pid}-${name}`)) {
      await succeed('ip', ['netns', 'add', name]);
      made.push(name);
      await succeed('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    }
    const peers = await Promise.all(
      made.map((name) => startReady(inside(name, programOf('peer.py', port, ...bench.pems)))),
    );
    const clients = made.map((name, number) => {
      const client = programOf('namespace_client.py', port, NAMES[number] as string, 'namespaces');
      return inside(name, ['unshare', '--pid', '--fork', ...client]).join(' ');
    });
    const truth = await bench.captureCommand(['sh', '-c', `${clients.join(' & ')} & wait`]);
    await Promise.all(peers.map(stop));
    return truth;
  } finally {
    for (const name of made) await succeed('ip', ['netns', 'del', name]);
  }
}

function inside(namespace: string, command: readonly string[]): string[] {
  return ['ip', 'netns', 'exec', namespace, ...command];
}
