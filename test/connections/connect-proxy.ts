import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Certificate } from '../kernel/certificate.ts';
import { freePort } from '../kernel/free-port.ts';
import { type Ends, formatSocket, Truth } from './truth.ts';

/** An HTTPS proxy in this process: TLS to it, and through it (CONNECT). */
export class ConnectProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #truth: Truth;
  /** Where its own connections to servers belong, by its address there. */
  readonly #onward = new Map<string, Ends>();

  private constructor(server: Server, port: number, truth: Truth) {
    this.#server = server;
    this.port = port;
    this.#truth = truth;
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.#connect(request, socket);
    });
  }

  /** @param truth takes what the header `X-Token` of a client's CONNECT tells. */
  static async start({ key, cert }: Certificate, truth: Truth): Promise<ConnectProxy> {
    const port = await freePort();
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new ConnectProxy(server, port, truth);
  }

  /** As the clients see it: what servers got from here went through the connection to here. */
  seenByClients(): Truth {
    const seen = new Truth();
    seen.hasCarriers = true;
    for (const [token, place] of this.#truth.places) {
      seen.tell(token, (place !== 'none' && this.#onward.get(place.client)) || place);
    }
    return seen;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #connect(request: IncomingMessage, socket: Socket): void {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const ends = {
      client: formatSocket([remoteAddress as string, remotePort as number]),
      server: formatSocket([localAddress as string, localPort as number]),
    };
    this.#truth.tell(request.headers['x-token'] as string, ends);
    const { hostname, port } = new URL(`https://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      const { localAddress: address, localPort } = onward;
      this.#onward.set(formatSocket([address as string, localPort as number]), ends);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  }
}
