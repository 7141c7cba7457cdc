import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CLAIMED_PORTS } from '../../src/flow/claimed-ports.ts';
import type { Certificate } from '../kernel/certificate.ts';
import { formatSocket, type Truth, tokensIn } from './truth.ts';

/**
 * Above the ports that Linux gives to clients: who takes the end with the lower port for the server
 * is wrong.
 */
const PORTS = Array.from({ length: 2000 }, (_, index) => 62_000 + index).filter(
  (port) => !CLAIMED_PORTS.has(port),
);

/** How many pieces a held response comes in, and in how much time. */
const PIECES = 20;
const PIECES_MS = 1000;

/**
 * HTTPS on HTTP/1.1 and HTTP/2 in this process, which is not captured. It tells where each message
 * came from, and answers with it: `?bytes=N` with so many bytes, of which `&held` holds back all but
 * the first until `release`.
 */
export class TruthServer {
  readonly port: number;
  #truth: Truth | undefined;
  /** Lets the rest of all responses go that are held back, or will be in this case. */
  release = (): void => {};
  #released: Promise<void> | undefined;
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Http2SecureServer, port: number) {
    this.#server = server;
    this.port = port;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (request, response) => this.#answer(request, response));
    // A client that aborts is no failure of ours.
    server.on('sessionError', () => {});
  }

  static async start({ key, cert }: Certificate): Promise<TruthServer> {
    const pems = { key: readFileSync(key), cert: readFileSync(cert) };
    for (;;) {
      const port = PORTS[Math.floor(Math.random() * PORTS.length)] as number;
      const server = createSecureServer({ ...pems, allowHTTP1: true });
      server.listen(port, '::');
      try {
        await once(server, 'listening');
        return new TruthServer(server, port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      }
    }
  }

  url(path: string): string {
    return `https://127.0.0.1:${this.port}${path}`;
  }

  /** @param truth is told what comes in the case that begins */
  begin(truth: Truth): void {
    this.#truth = truth;
    this.#released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const { localAddress, localPort, remoteAddress, remotePort } = request.socket;
    const chunks = [Buffer.from(request.url)];
    for await (const chunk of request) chunks.push(chunk);
    const [token] = tokensIn(Buffer.concat(chunks));
    if (token === undefined) {
      response.writeHead(404).end();
      return;
    }
    this.#truth?.tell(token, {
      client: formatSocket([remoteAddress as string, remotePort as number]),
      server: formatSocket([localAddress as string, localPort as number]),
    });
    const { searchParams } = new URL(request.url, this.url('/'));
    const bytes = Number(searchParams.get('bytes') ?? token.length);
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': bytes });
    const body = Buffer.alloc(bytes, token);
    if (searchParams.has('held')) await this.#sendHeld(response, body);
    else response.end(body);
  }

  async #sendHeld(response: Http2ServerResponse, body: Buffer): Promise<void> {
    const size = Math.ceil(body.length / PIECES);
    response.write(body.subarray(0, size));
    await this.#released;
    for (let at = size; at < body.length; at += size) {
      response.write(body.subarray(at, at + size));
      await delay(PIECES_MS / PIECES);
    }
    response.end();
  }
}
