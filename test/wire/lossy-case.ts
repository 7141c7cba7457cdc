import type { Bench } from './bench.ts';
import type { Alpn } from './boundaries.ts';
import type { Side } from './conversation.ts';
import type { PartialSide } from './partial-verdict.ts';
import { judgePartial } from './partial-verdict.ts';
import type { Server } from './servers.ts';
import type { Client, WireCase } from './wire-case.ts';

/** What is more than the ring buffer holds. */
export interface LossyTraffic {
  name: string;
  server: Server;
  client: Client;
  alpn: Alpn;
  /** Who is captured. */
  side: Side;
  ringKib: number;
  requests: number;
}

export function lossy(traffic: LossyTraffic): WireCase {
  const { name, server, client, alpn, side, ringKib, requests } = traffic;
  return {
    name: `lost, ring of ${ringKib} KiB: ${name}, ${side}'s side`,
    requests,
    captured: 'some',
    run: async (bench: Bench) => {
      const { program, port } = await server.start(bench);
      const captured = side === 'client' ? undefined : program;
      const told = await bench.captureLossy(port, ringKib, await client(port, bench), captured);
      program.kill('SIGTERM');
      await program.ended;
      const { sides, ...verdict } = await judgePartial(bench, alpn);
      return { ...verdict, differences: [...verdict.differences, ...miscounted(sides, told)] };
    },
  };
}

/** What is in the file, and what it tells of as lost, is all that was moved. */
function miscounted(sides: readonly PartialSide[], told: string): string[] {
  const complaints = sides
    .filter(({ start }) => start !== 0)
    .map(({ ends, side, start, bytes }) => `${ends}, ${side}: ${start} of ${bytes} bytes untold`);
  const lost = sides.reduce((sum, side) => sum + side.lost, 0);
  if (lost === 0) complaints.push('nothing was lost');
  const counted = / bytes; (\d+) bytes lost/.exec(told)?.[1];
  if (counted !== `${lost}`) complaints.push(`the file tells of ${lost} bytes, plaincap: ${told}`);
  return complaints;
}
