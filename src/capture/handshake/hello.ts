import { ByteCursor } from './byte-cursor.ts';

/** What a ClientHello asks for (RFC 8446 section 4.1.2). */
export interface ClientHello {
  kind: 'client-hello';
  /** Of server_name (RFC 6066 section 3); empty if it names none. */
  serverName: string;
}

/**
 * What a ServerHello or a HelloRetryRequest agrees on (section 4.1.3): the ServerHello after the
 * latter has the same version and cipher suite (section 4.1.4).
 */
export interface ServerHello {
  kind: 'server-hello';
  /** A ProtocolVersion, such as 0x0304. */
  version: number;
  cipherSuite: number;
  /** The bytes of the protocol's name; empty under TLS 1.3, where it is encrypted. */
  alpn: Uint8Array;
}

export type Hello = ClientHello | ServerHello;

/** RFC 8446 section 4. */
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;

/** Section 4.2. */
const EXTENSION = { serverName: 0, alpn: 16, supportedVersions: 43 } as const;

const HOST_NAME = 0;
const RANDOM_LENGTH = 32;
const NOTHING = new Uint8Array();

/**
 * The hello that a handshake message holds, with its header of 4 bytes, or as much as is known of
 * it. Undefined if it is none, or if what is missing stands in its fixed part.
 */
export function decodeHello(message: Uint8Array): Hello | undefined {
  const cursor = new ByteCursor(message);
  const type = cursor.uint(1);
  const body = cursor.vector(3);
  if (body === undefined) return undefined;
  if (type === CLIENT_HELLO) return decodeClientHello(new ByteCursor(body));
  if (type === SERVER_HELLO) return decodeServerHello(new ByteCursor(body));
  return undefined;
}

function decodeClientHello(body: ByteCursor): ClientHello | undefined {
  const fixed = [body.uint(2), body.bytes(RANDOM_LENGTH), body.vector(1)]; // version to session id
  const suites = body.vector(2);
  if (fixed.includes(undefined) || suites === undefined) return undefined;
  body.vector(1); // compression methods
  const extensions = decodeExtensions(body);
  return {
    kind: 'client-hello',
    serverName: decodeServerName(extensions.get(EXTENSION.serverName) ?? NOTHING),
  };
}

function decodeServerHello(body: ByteCursor): ServerHello | undefined {
  const legacyVersion = body.uint(2);
  body.bytes(RANDOM_LENGTH);
  body.vector(1); // session id
  const cipherSuite = body.uint(2);
  if (legacyVersion === undefined || cipherSuite === undefined) return undefined;
  body.uint(1); // compression method
  const extensions = decodeExtensions(body);
  const selected = new ByteCursor(extensions.get(EXTENSION.supportedVersions) ?? NOTHING);
  const protocols = new ByteCursor(extensions.get(EXTENSION.alpn) ?? NOTHING).vector(2);
  return {
    kind: 'server-hello',
    version: selected.uint(2) ?? legacyVersion,
    cipherSuite,
    alpn: new ByteCursor(protocols ?? NOTHING).vector(1) ?? NOTHING,
  };
}

/** Contents by type; the first of each, as no two may have the same. */
function decodeExtensions(body: ByteCursor): Map<number, Uint8Array> {
  const extensions = new Map<number, Uint8Array>();
  const list = new ByteCursor(body.vector(2) ?? NOTHING);
  for (;;) {
    const type = list.uint(2);
    const data = list.vector(2);
    if (type === undefined || data === undefined) return extensions;
    if (!extensions.has(type)) extensions.set(type, data);
  }
}

function decodeServerName(data: Uint8Array): string {
  const names = new ByteCursor(new ByteCursor(data).vector(2) ?? NOTHING);
  for (;;) {
    const type = names.uint(1);
    const name = names.vector(2);
    if (type === undefined || name === undefined) return '';
    if (type === HOST_NAME) return Buffer.from(name).toString('utf8');
  }
}
