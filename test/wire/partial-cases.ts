import { curl, node } from './clients.ts';
import { type LateTraffic, late } from './late-case.ts';
import { type LossyTraffic, lossy } from './lossy-case.ts';
import * as servers from './servers.ts';
import type { WireCase } from './wire-case.ts';

const H1_PATHS = ['/x?bytes=300000', '/chunks', '/plain', '/chunked', '/late?bytes=9000'];

/** From the middle of what the server answers to the first of these. */
function lateH1(name: string, heldBytes: number, paths = H1_PATHS): WireCase {
  return late({
    name,
    server: servers.H1,
    client: curl(['--http1.1'], paths),
    alpn: 'http/1.1',
    held: 'server',
    heldBytes,
    requests: 2 * paths.length,
    captured: 2 * (paths.length - 1),
  });
}

/** From the middle of what an end says at first. */
function lateH2(
  name: string,
  held: Pick<LateTraffic, 'held' | 'heldBytes'>,
  first: string,
): WireCase {
  return late({
    ...held,
    name,
    server: servers.H2,
    client: node('h2-get.mjs', first, '/y?bytes=30000', '/trailers', '/push', '/z'),
    alpn: 'h2',
    requests: 12,
    captured: 10,
  });
}

const BUSY_H1 = {
  name: '4 connections of HTTP/1.1',
  server: servers.H1,
  client: node('busy-h1.mjs'),
  alpn: 'http/1.1',
  requests: 36,
} as const;
const BUSY_H2 = {
  name: '3 connections of HTTP/2',
  server: servers.H2,
  client: node('busy-h2.mjs'),
  alpn: 'h2',
  requests: 36,
} as const;

/** With a ring that holds only small events, and one that holds all but the largest. */
function lossyBoth(traffic: Omit<LossyTraffic, 'side' | 'ringKib'>): WireCase[] {
  return [
    lossy({ ...traffic, side: 'client', ringKib: 4 }),
    lossy({ ...traffic, side: 'server', ringKib: 16 }),
  ];
}

/** Captures that begin late, or lose bytes. */
export const PARTIAL_CASES: readonly WireCase[] = [
  lateH1('in the middle of a body', 100_000),
  lateH1('in the middle of a chunked body', 20_000, ['/chunks', '/plain', '/chunked']),
  late({
    name: "in the middle of a request's body",
    server: servers.H1,
    client: curl(['--http1.1', '-d', 'request '.repeat(10_000)], H1_PATHS),
    alpn: 'http/1.1',
    held: 'client',
    heldBytes: 50_000,
    requests: 2 * H1_PATHS.length,
    captured: 2 * (H1_PATHS.length - 1),
  }),
  lateH1('in the middle of a long body', 100_000, ['/x?bytes=3000000', '/plain', '/chunked']),
  late({
    name: "in the middle of a request's head",
    server: servers.H1,
    client: node('h1-client.mjs'),
    alpn: 'http/1.1',
    held: 'client',
    heldBytes: 60,
    requests: 30,
    captured: 25,
  }),
  lateH2('in the middle of a DATA frame', { held: 'server', heldBytes: 20_000 }, '/x?bytes=30000'),
  lateH2('in the middle of a frame header', { held: 'server', heldBytes: 30 }, '/x'),
  lateH2('in the middle of HEADERS', { held: 'server', heldBytes: 9000 }, '/large-headers'),

  ...lossyBoth(BUSY_H1),
  ...lossyBoth(BUSY_H2),
];
