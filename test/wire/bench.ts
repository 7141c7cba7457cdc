import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from '../kernel/certificate.ts';
import { captureCommand, captureWhile, startPlaincap } from '../kernel/plaincap.ts';
import { type Ended, Program, succeed } from '../kernel/program.ts';
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

  /** What most clients want to log their keys (node has an option), and to trust the server. */
  get env(): Record<string, string> {
    return {
      SSLKEYLOGFILE: this.keys,
      NODE_EXTRA_CA_CERTS: this.certificate.cert,
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: this.certificate.cert,
      NODE_OPTIONS: '--dns-result-order=ipv4first',
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  /** plaincap captures the client, from its first byte. */
  async captureClient(port: number, command: readonly string[]): Promise<void> {
    await this.#record([port], () => captureCommand([this.capture], command, { env: this.env }));
  }

  /** plaincap captures the server while the client talks to it. */
  async captureServer(server: Program, port: number, command: readonly string[]): Promise<void> {
    await this.#record([port], () =>
      captureWhile(['--pid', `${server.pid}`], [this.capture], async () => {
        await this.#talk(command);
        // What the client sent last is still to be read.
        await delay(LAST_READ_MS);
      }),
    );
  }

  /**
   * plaincap begins to capture a relay while that holds what a client and a server say to each
   * other.
   */
  async captureLate(
    relay: Program,
    ports: readonly number[],
    [path, ...args]: readonly string[],
  ): Promise<void> {
    await this.#record(ports, async () => {
      const client = new Program(path as string, args, { env: this.env });
      await relay.says('held');
      const capture = startPlaincap(['capture', '--pid', `${relay.pid}`, '-w', this.capture]);
      await capture.says('capturing');
      relay.type('go\n');
      requireSuccess(await client.ended);
      await delay(LAST_READ_MS);
      capture.kill('SIGINT');
      requireSuccess(await capture.ended);
    });
  }

  /**
   * plaincap captures a client, or while that talks a server, with a ring buffer of so many KiB.
   * Returns what it says at its end.
   */
  async captureLossy(
    port: number,
    ringKib: number,
    command: readonly string[],
    server?: Program,
  ): Promise<string> {
    let told = '';
    const what = server ? ['--pid', `${server.pid}`] : ['--', ...command];
    await this.#record([port], async () => {
      const args = ['capture', '-B', `${ringKib}`, '-w', this.capture, ...what];
      const capture = startPlaincap(args, { env: this.env });
      if (server) {
        await capture.says('capturing');
        await this.#talk(command);
        await delay(LAST_READ_MS);
        capture.kill('SIGINT');
      }
      const ended = await capture.ended;
      requireSuccess(ended);
      told = ended.stderr;
    });
    return told;
  }

  async #talk([command, ...args]: readonly string[]): Promise<void> {
    await succeed(command as string, args, { env: this.env });
  }

  async #record(ports: readonly number[], traffic: () => Promise<unknown>): Promise<void> {
    rmSync(this.keys, { force: true });
    await recordWire(this.wire, ports, traffic);
  }
}

function requireSuccess({ code, stderr }: Ended): void {
  if (code !== 0) throw new Error(`a program ended with code ${code}: ${stderr}`);
}
