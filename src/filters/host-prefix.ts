import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { NativeHostPrefix } from '../native/addon.ts';
import { UserError } from '../user-error.ts';

/** IPv4 is ::ffff:a.b.c.d there (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;

/** `10.0.0.0/8`, `::1`; undefined for what is no address. */
export function parseHostPrefix(value: string): NativeHostPrefix | undefined {
  const [address = '', bits, rest] = value.split('/');
  const version = isIP(address);
  // An interface after % is nothing that a connection's addresses tell.
  if (version === 0 || rest !== undefined || address.includes('%')) return undefined;
  const most = version === 4 ? 32 : 128;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(length <= most)) return undefined;
  return version === 4
    ? { address: bytesOf(`::ffff:${address}`), bits: MAPPED_BITS + length }
    : { address: bytesOf(address), bits: length };
}

/** All that an address, a network or a name stands for now. Rejects with a UserError. */
export async function findHost(value: string): Promise<NativeHostPrefix[]> {
  const prefix = parseHostPrefix(value);
  if (prefix) return [prefix];
  try {
    const found = await lookup(value, { all: true });
    return found.flatMap(({ address }) => parseHostPrefix(address.split('%')[0] as string) ?? []);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`--host ${value}: no address is known for it (${code})`);
  }
}

/** The 16 bytes of an IPv6 address. */
function bytesOf(address: string): Uint8Array {
  // The URL parser writes an IPv4 part as two groups (WHATWG URL section 3.5).
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const after = tail === undefined ? [] : groupsOf(tail);
  const before = groupsOf(head);
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  const groups = [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16));
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}
