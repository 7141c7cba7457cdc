import type { Direction, Event, HandshakeEvent, HandshakeFailureEvent, Role } from '../../event.ts';
import type {
  AlpnPart,
  HandshakeEndPart,
  HandshakeFailedPart,
  HandshakePart,
  HelloPart,
} from '../../native/addon.ts';
import type { Hello } from './hello.ts';
import { HelloReader } from './hello-reader.ts';

/**
 * Sessions whose end is lost leave theirs behind, so the oldest are forgotten. It is also how many
 * sessions can wait for their first data at a time.
 */
const MAX_HANDSHAKES = 16_384;

type Facts = Pick<HandshakeEvent, 'role' | 'version' | 'cipherSuite' | 'serverName' | 'alpn'>;

interface Handshake extends Facts {
  readonly hellos: Record<Direction, HelloReader>;
  hasClientHello: boolean;
  end: HandshakeEndPart | HandshakeFailedPart | undefined;
}

/**
 * Puts handshakes together from what the kernel sees of them: the hellos, the end, and the
 * application protocol that the program asked for afterwards.
 */
export class HandshakeTable {
  readonly #handshakes = new Map<number, Handshake>();

  /** How many sessions have a handshake of which no event told yet. */
  get size(): number {
    return this.#handshakes.size;
  }

  add(part: HandshakePart): void {
    switch (part.kind) {
      case 'hello':
        this.#addHello(part);
        break;
      case 'handshake-end':
        this.#end(part);
        break;
      case 'handshake-failed':
        this.#handshake(part.session).end = part;
        break;
      case 'alpn':
        this.#addAlpn(part);
    }
  }

  /** The handshake to be told before this event: before the session's first data, or its end. */
  before(event: Event): HandshakeEvent | HandshakeFailureEvent | undefined {
    if (event.kind !== 'data' && event.kind !== 'session-end') return undefined;
    const handshake = this.#handshakes.get(event.session);
    if (handshake === undefined) return undefined;
    if (handshake.end || event.kind === 'session-end') this.#handshakes.delete(event.session);
    return handshake.end && eventOf(handshake, handshake.end);
  }

  /** Begun if there is none. */
  #handshake(session: number): Handshake {
    let handshake = this.#handshakes.get(session);
    if (handshake === undefined) {
      handshake = emptyHandshake();
      if (this.#handshakes.size >= MAX_HANDSHAKES) this.#forgetOldest();
      this.#handshakes.set(session, handshake);
    }
    return handshake;
  }

  #addHello({ session, direction, offset, bytes }: HelloPart): void {
    const handshake = this.#handshake(session);
    const hello = handshake.hellos[direction].add(offset, bytes);
    if (hello === undefined) return;
    Object.assign(handshake, factsOf(hello, direction));
    handshake.hasClientHello ||= hello.kind === 'client-hello';
  }

  /** Without a hello the session is older than the capture. */
  #end(part: HandshakeEndPart): void {
    const handshake = this.#handshakes.get(part.session);
    if (handshake) handshake.end = part;
  }

  #addAlpn({ session, protocol }: AlpnPart): void {
    const handshake = this.#handshakes.get(session);
    if (handshake) handshake.alpn = textOf(protocol);
  }

  #forgetOldest(): void {
    const [oldest] = this.#handshakes.keys();
    if (oldest !== undefined) this.#handshakes.delete(oldest);
  }
}

function emptyHandshake(): Handshake {
  return {
    hellos: { read: new HelloReader(), write: new HelloReader() },
    hasClientHello: false,
    end: undefined,
    role: 'unknown',
    version: 0,
    cipherSuite: 0,
    serverName: '',
    alpn: '',
  };
}

function factsOf(hello: Hello, direction: Direction): Partial<Facts> {
  if (hello.kind === 'client-hello') {
    return { role: roleOf(direction, 'client'), serverName: hello.serverName };
  }
  const { version, cipherSuite, alpn } = hello;
  const facts = { role: roleOf(direction, 'server'), version, cipherSuite };
  return alpn.length === 0 ? facts : { ...facts, alpn: textOf(alpn) };
}

function roleOf(direction: Direction, writer: 'client' | 'server'): Role {
  if (direction === 'write') return writer;
  return writer === 'client' ? 'server' : 'client';
}

/** Names of protocols are bytes (RFC 7301 section 3.1), and those that are no text are for tests. */
function textOf(protocol: Uint8Array): string {
  return Buffer.from(protocol).toString('latin1');
}

/** A client writes its ClientHello; a server's may have passed where nothing sees it. */
function isFromBeginning({ hasClientHello, role }: Handshake): boolean {
  return hasClientHello || role === 'server';
}

function eventOf(
  handshake: Handshake,
  end: HandshakeEndPart | HandshakeFailedPart,
): HandshakeEvent | HandshakeFailureEvent | undefined {
  const { role, version, cipherSuite, serverName, alpn } = handshake;
  const facts = { role, version, cipherSuite, serverName, alpn };
  if (end.kind === 'handshake-failed') return { ...end, kind: 'handshake-failure', ...facts };
  return isFromBeginning(handshake) ? { ...end, kind: 'handshake', ...facts } : undefined;
}
