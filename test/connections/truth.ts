import { isIPv6 } from 'node:net';

/** What the programs of these tests put into what they send: it tells a message from all others. */
const TOKEN = /tok_[0-9a-z]+_/g;

export function tokensIn(bytes: Buffer): string[] {
  return bytes.toString('latin1').match(TOKEN) ?? [];
}

/** Both ends of a connection, as `address:port`. */
export interface Ends {
  client: string;
  server: string;
  /** Inode number of the network namespace, where it matters. */
  netns?: number | undefined;
  /** Of the captured process, as the host sees it, where it matters. */
  pid?: number | undefined;
}

/** Where a message went; `none` if through no TCP connection. */
export type Place = Ends | 'none';

/** How and when a connection ended. */
export interface End {
  cause: 'fin' | 'rst';
  by: 'client' | 'server';
  /** Seconds since 1970. */
  time: number;
}

export type Socket = readonly [address: string, port: number];

/** A line of JSON that a program prints for a message that it sent or received. */
interface ToldMessage {
  token: string;
  role: 'client' | 'server';
  /** `null` if there is no TCP connection. */
  local: Socket | null;
  remote: Socket | null;
  netns?: number;
  pid?: number;
}

/** A line of JSON that a program prints for a connection that ended. */
interface ToldEnd extends End {
  /** The token of any of its messages. */
  ended: string;
}

/** What the programs of a case say of themselves. */
export class Truth {
  /** By token. */
  readonly places = new Map<string, Place>();
  /** By a token of the connection. */
  readonly ends = new Map<string, End>();
  /** Whether there are sessions that carry nothing but other sessions, and so no token to read. */
  hasCarriers = false;

  /** @throws Error if the token is known from another place: then it would tell nothing. */
  tell(token: string, place: Place): void {
    const known = this.places.get(token);
    if (known === undefined) this.places.set(token, place);
    else if (addressesOf(known) !== addressesOf(place)) {
      throw new Error(`${token} is at ${addressesOf(known)} and at ${addressesOf(place)}`);
    }
  }

  /** Takes the lines of JSON among what a program printed. */
  tellLines(stdout: string | Buffer): this {
    for (const line of stdout.toString().split('\n')) {
      if (line.startsWith('{"token"')) this.#tellMessage(JSON.parse(line));
      else if (line.startsWith('{"ended"')) this.#tellEnd(JSON.parse(line));
    }
    return this;
  }

  /** Each message at the place of another one: measured by that, nothing is right. */
  swapped(): Truth {
    const places = [...new Map([...this.places.values()].map((p) => [addressesOf(p), p])).values()];
    const swapped = new Truth();
    for (const [token, place] of this.places) {
      const index = places.findIndex((other) => addressesOf(other) === addressesOf(place));
      const next = places[(index + 1) % places.length] as Place;
      swapped.tell(token, places.length > 1 ? next : NOWHERE);
    }
    return swapped;
  }

  #tellMessage({ token, role, local, remote, netns, pid }: ToldMessage): void {
    if (local === null || remote === null) {
      this.tell(token, 'none');
      return;
    }
    const [client, server] = role === 'client' ? [local, remote] : [remote, local];
    this.tell(token, { client: formatSocket(client), server: formatSocket(server), netns, pid });
  }

  #tellEnd({ ended, ...end }: ToldEnd): void {
    this.ends.set(ended, end);
  }
}

/** For documentation (RFC 5737): no message went there. */
const NOWHERE: Ends = { client: '192.0.2.1:49152', server: '192.0.2.2:443' };

/** As plaincap's files have it: IPv4-mapped addresses are IPv4. */
export function formatSocket([address, port]: Socket): string {
  const real = address.replace(/^::ffff:(?=\d+\.)/, '');
  return isIPv6(real) ? `[${real}]:${port}` : `${real}:${port}`;
}

/** The place without its namespace, which files do not tell. */
export function addressesOf(place: Place): string {
  return place === 'none' ? 'none' : `${place.client} ${place.server}`;
}
