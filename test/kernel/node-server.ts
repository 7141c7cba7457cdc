import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';
import { afterFile } from '../after-file.ts';
import type { Certificate } from './certificate.ts';
import { sha256 } from './sha256.ts';

/** What the server received: the truth that a capture is compared with. */
export interface Received {
  /** `address:port`. */
  client: string;
  method: string;
  path: string;
  headers: Record<string, unknown>;
  bodySha256: string;
}

/** What the server agreed on with a client. */
export interface Agreed {
  /** Such as `TLSv1.3`. */
  version: string;
  /** As IANA has it. */
  cipherSuite: string;
  /** Empty if none. */
  alpn: string;
  serverName: string;
}

export interface NodeServerOptions {
  host?: string;
  /** Of its TLS. */
  tls?: SecureContextOptions;
  /** Awaited before the answer to a request. */
  beforeAnswer?: (received: Received) => Promise<void>;
}

/** A body that belongs to the path: `/NAME?bytes=N` has N bytes, any other path a few. */
export function bodyOf(path: string): Buffer {
  const bytes = Number(new URL(path, 'https://localhost').searchParams.get('bytes') ?? '100');
  const block = createHash('sha512').update(path).digest();
  return Buffer.alloc(bytes, block);
}

/**
 * HTTPS on HTTP/2 and HTTP/1.1, in this process. Gone after the file's last test. It ends the
 * connection after the answer to `/then-close`, and with an RST instead of an answer to `/abort`.
 */
export class NodeServer {
  readonly received: Received[] = [];
  /** Of each handshake that it completed. */
  readonly agreed: Agreed[] = [];
  readonly port: number;
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Http2SecureServer, options: NodeServerOptions) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('secureConnection', (socket: TLSSocket) => this.agreed.push(agreedBy(socket)));
    server.on('request', (request, response) => this.#answer(request, response, options));
    // A client that aborts is no failure of ours.
    server.on('sessionError', () => {});
  }

  static async start(
    { key, cert }: Certificate,
    options: NodeServerOptions = {},
  ): Promise<NodeServer> {
    const pems = { key: readFileSync(key), cert: readFileSync(cert) };
    for (;;) {
      const server = createSecureServer({ ...pems, ...options.tls, allowHTTP1: true });
      server.listen(0, options.host ?? '127.0.0.1');
      await once(server, 'listening');
      if (CLAIMED_PORTS.has((server.address() as AddressInfo).port)) {
        server.close(); // The file would show another port.
        continue;
      }
      const started = new NodeServer(server, options);
      afterFile(() => started.close());
      return started;
    }
  }

  url(path: string): string {
    return `https://localhost:${this.port}${path}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends the client's connection with an RST. */
  #abort({ client }: Received): void {
    for (const socket of this.#sockets) {
      if (client.endsWith(`:${socket.remotePort}`)) socket.resetAndDestroy();
    }
  }

  async #answer(
    request: Http2ServerRequest,
    response: Http2ServerResponse,
    { beforeAnswer }: NodeServerOptions,
  ): Promise<void> {
    const { remoteAddress, remotePort } = request.socket;
    const { method, url: path, headers } = request;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      client: `${remoteAddress}:${remotePort}`,
      method,
      path,
      headers,
      bodySha256: sha256(Buffer.concat(chunks)),
    };
    this.received.push(received);
    if (path === '/abort') this.#abort(received);
    await beforeAnswer?.(received);
    if (response.destroyed) return;
    response.writeHead(path === '/missing' ? 404 : 200, {
      'content-type': 'application/octet-stream',
      'x-number': String(this.received.length),
      ...(path === '/then-close' && { connection: 'close' }),
    });
    response.end(bodyOf(path));
  }
}

/** What the socket's own end says of its handshake. */
export function agreedBy(socket: TLSSocket): Agreed {
  return {
    version: socket.getProtocol() ?? '',
    cipherSuite: socket.getCipher().standardName,
    alpn: socket.alpnProtocol || '',
    // Of a server's socket a string, or false.
    serverName: (socket as { servername?: string | false }).servername || '',
  };
}
