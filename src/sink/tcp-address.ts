import { BlockList, isIP } from 'node:net';
import { UsageError } from '../user-error.ts';

/** Where to listen. */
export interface TcpAddress {
  /** An address or a name. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

const PREFIX = 'tcp://';
const ADDRESS = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})\/?$/;
const LOOPBACK = '127.0.0.1';

/**
 * Reads `tcp://ADDRESS:PORT`, or `tcp://:PORT` for loopback. Undefined for what does not begin so.
 *
 * @throws UsageError for what begins so and is none
 */
export function parseTcpAddress(text: string): TcpAddress | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [, ipv6, host, port] = ADDRESS.exec(text.slice(PREFIX.length)) ?? [];
  const isOdd = ipv6 !== undefined && isIP(ipv6) !== 6;
  if (port === undefined || Number(port) > 0xffff || isOdd) {
    throw new UsageError(`-w ${text}: it is tcp://ADDRESS:PORT, as in tcp://127.0.0.1:57012`);
  }
  return { host: ipv6 ?? (host || LOOPBACK), port: Number(port) };
}

/** `127.0.0.1:57012`, `[::1]:57012`. */
export function formatTcpAddress({ host, port }: TcpAddress): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether only this machine can connect to it. */
export function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
