import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from '../kernel/certificate.ts';
import { captureCommand, captureWhile } from '../kernel/plaincap.ts';
import { type Program, succeed } from '../kernel/program.ts';
import { recordWire } from './wire-recording.ts';

const LAST_READ_MS = 200;

/** Records the same run on the wire and with plaincap. */
export class Bench {
  readonly folder: string;
  readonly certificate: Certificate;

  constructor(folder: string, certificate: Certificate) {
    this.folder = folder;
    this.certificate = certificate;
  }

  /** What passed on loopback, ciphertext. */
  get wire(): string {
    return join(this.folder, 'wire.pcapng');
  }

  /** What plaincap says of it. */
  get capture(): string {
    return join(this.folder, 'capture.pcapng');
  }

  /** TLS keys, as the clients log them. */
  get keys(): string {
    return join(this.folder, 'keys.log');
  }

  /** Paths of the key and the certificate, as our programs want them. */
  get pems(): [string, string] {
    return [this.certificate.key, this.certificate.cert];
  }

  /** What most clients' libraries want to log their keys: OpenSSL's users, GnuTLS, NSS, nghttp2. */
  get env(): Record<string, string> {
    return { SSLKEYLOGFILE: this.keys, PYTHONDONTWRITEBYTECODE: '1' };
  }

  /** plaincap captures the client, from its first byte. */
  async captureClient(port: number, command: readonly string[]): Promise<void> {
    await this.#record(port, () => captureCommand([this.capture], command, { env: this.env }));
  }

  /** plaincap captures the server while the client talks to it. */
  async captureServer(server: Program, port: number, command: readonly string[]): Promise<void> {
    await this.#record(port, () =>
      captureWhile(['--pid', `${server.pid}`], [this.capture], async () => {
        await this.#talk(command);
        // What the client sent last is still to be read.
        await delay(LAST_READ_MS);
      }),
    );
  }

  async #talk([command, ...args]: readonly string[]): Promise<void> {
    await succeed(command as string, args, { env: this.env });
  }

  async #record(port: number, traffic: () => Promise<unknown>): Promise<void> {
    rmSync(this.keys, { force: true });
    await recordWire(this.wire, port, traffic);
  }
}
