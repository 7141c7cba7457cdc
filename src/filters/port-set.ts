import { findPort } from './name-database.ts';

export const MAX_PORT = 65535;

/** Ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `443` or `8000-8100`; undefined for a name, as /etc/services has them. */
export function parsePortRange(value: string): PortRange | undefined {
  const numbers = /^(\d+)(?:-(\d+))?$/.exec(value);
  if (!numbers) return undefined;
  const from = Number(numbers[1]);
  return { from, to: numbers[2] === undefined ? from : Number(numbers[2]) };
}

/** A bit a port, the lowest first. Throws a UserError for an unknown name. */
export function portSet(values: readonly string[]): Uint8Array {
  const bits = new Uint8Array((MAX_PORT + 1) / 8);
  for (const value of values) {
    const named = () => ({ from: findPort(value), to: findPort(value) });
    const { from, to } = parsePortRange(value) ?? named();
    for (let port = from; port <= to; port++) {
      bits[port >> 3] = (bits[port >> 3] as number) | (1 << (port & 7));
    }
  }
  return bits;
}
