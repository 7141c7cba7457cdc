import type { Bench } from './bench.ts';
import type { Side } from './conversation.ts';
import type { Server } from './servers.ts';
import { judge, type Verdict } from './verdict.ts';

/** A run that is seen twice: on the wire, and by plaincap at one of its ends. */
export interface WireCase {
  name: string;
  /** So many requests are in it. */
  requests: number;
  /** So many of them plaincap can have, if not all. */
  captured?: number | 'some';
  run(bench: Bench): Promise<Verdict>;
}

export type Client = (port: number, bench: Bench) => string[] | Promise<string[]>;

/** A client and a server, and what they do. */
export interface Traffic {
  name: string;
  server: Server;
  client: Client;
  requests: number;
  /** What tshark must show of it, in one of its trees each. */
  shows?: readonly RegExp[];
  /** Bodies that are too long for tshark's trees: then heads and bytes are compared. */
  isLong?: boolean;
}

export function atClient(traffic: Traffic): WireCase {
  return wireCase(traffic, 'client');
}

export function atServer(traffic: Traffic): WireCase {
  return wireCase(traffic, 'server');
}

/** From either side. */
export function atBoth(traffic: Traffic): WireCase[] {
  return [atClient(traffic), atServer(traffic)];
}

function wireCase(traffic: Traffic, side: Side): WireCase {
  const { name, server, requests, client, shows = [], isLong = false } = traffic;
  return {
    name: `${name} - ${server.name}, ${side}'s side`,
    requests,
    run: async (bench) => {
      const { program, port } = await server.start(bench);
      const command = await client(port, bench);
      if (side === 'client') await bench.captureClient(port, command);
      else await bench.captureServer(program, port, command);
      program.kill('SIGTERM');
      await program.ended;
      return judge(bench, { isLong, shows, side });
    },
  };
}
