import { listens } from '../connections/workbench.ts';
import { freePort } from '../kernel/free-port.ts';
import { Program } from '../kernel/program.ts';
import type { Bench } from './bench.ts';
import type { Alpn } from './boundaries.ts';
import type { Side } from './conversation.ts';
import { judgePartial } from './partial-verdict.ts';
import type { Server } from './servers.ts';
import type { Client, WireCase } from './wire-case.ts';
import { words } from './words.ts';

const TIMEOUT_MS = 120_000;

/** What goes through a relay, which is captured from the moment at which it holds it. */
export interface LateTraffic {
  name: string;
  server: Server;
  client: Client;
  alpn: Alpn;
  /** What this end says is held after so many bytes. */
  held: Side;
  heldBytes: number;
  /** On both connections of the relay. */
  requests: number;
  /** Of those, so many begin after the capture. */
  captured: number;
}

export function late(traffic: LateTraffic): WireCase {
  const { name, server, client, alpn, requests, captured } = traffic;
  return {
    name: `late: ${name}`,
    requests,
    captured,
    run: async (bench) => {
      const upstream = await server.start(bench);
      const { relay, port } = await startRelay(bench, upstream.port, traffic);
      await bench.captureLate(relay, [port, upstream.port], await client(port, bench));
      for (const program of [relay, upstream.program]) {
        program.kill('SIGTERM');
        await program.ended;
      }
      const { sides, ...verdict } = await judgePartial(bench, alpn);
      return { ...verdict, differences: [...verdict.differences, ...misplaced(sides, traffic)] };
    },
  };
}

async function startRelay(
  { pems, keys }: Bench,
  upstream: number,
  { alpn, held, heldBytes }: LateTraffic,
): Promise<{ relay: Program; port: number }> {
  const port = await freePort();
  const options = [upstream, alpn, held, heldBytes, keys];
  const [path, ...args] = words('programs', 'relay.mjs', port, ...pems, ...options);
  const relay = new Program(path, args, { timeoutMs: TIMEOUT_MS, typed: true });
  await listens(relay, port);
  return { relay, port };
}

/** Of one end of one connection it is known where the capture began: behind what was let go. */
function misplaced(
  sides: readonly { side: Side; start: number; lost: number }[],
  { held, heldBytes }: LateTraffic,
): string[] {
  const complaints: string[] = [];
  if (!sides.some(({ side, start }) => side === held && start === heldBytes)) {
    complaints.push(`nothing begins at byte ${heldBytes} of the ${held}`);
  }
  const lost = sides.filter((side) => side.lost > 0);
  if (lost.length > 0) complaints.push('bytes are told as lost');
  return complaints;
}
