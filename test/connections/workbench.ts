import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Certificate } from '../kernel/certificate.ts';
import { freePort } from '../kernel/free-port.ts';
import { captureCommand, captureWhile } from '../kernel/plaincap.ts';
import { Program } from '../kernel/program.ts';
import { Truth } from './truth.ts';
import type { TruthServer } from './truth-server.ts';

/** What the cases capture with, and where. */
export class Workbench {
  readonly folder: string;
  readonly certificate: Certificate;
  readonly server: TruthServer;

  constructor(folder: string, certificate: Certificate, server: TruthServer) {
    this.folder = folder;
    this.certificate = certificate;
    this.server = server;
  }

  /** The files that each case writes. */
  get pcapng(): string {
    return join(this.folder, 'connections.pcapng');
  }

  get recording(): string {
    return join(this.folder, 'connections.cbor');
  }

  /** Paths of the key and the certificate, as our programs want them. */
  get pems(): [string, string] {
    return [this.certificate.key, this.certificate.cert];
  }

  /** What the server will tell from now on. */
  newTruth(): Truth {
    const truth = new Truth();
    this.server.begin(truth);
    return truth;
  }

  /** Captures a command from its first byte. */
  async captureCommand(command: readonly string[], truth = this.newTruth()): Promise<Truth> {
    const stdout = await captureCommand([this.pcapng, this.recording], command, { env: ENV });
    return truth.tellLines(stdout);
  }

  /** Captures a process and its descendants while `traffic` runs. */
  async captureWhile(pid: number, traffic: () => Promise<unknown>): Promise<void> {
    await captureWhile(['--pid', `${pid}`], [this.pcapng, this.recording], traffic);
  }

  /** Captures a client that is ready to go on, or in the middle of a response, until it ends. */
  async captureLate(command: readonly string[], truth = this.newTruth()): Promise<Truth> {
    const program = await startReady(command);
    await this.captureWhile(program.pid, async () => {
      program.type('go\n');
      this.server.release();
      await program.ended;
    });
    return truth.tellLines(await outputOf(program));
  }

  /** Captures a server, which is ready, while `traffic` runs against it. */
  async captureServer(
    command: readonly string[],
    traffic: () => Promise<unknown>,
    truth = this.newTruth(),
  ): Promise<Truth> {
    const server = await startReady(command);
    await this.captureWhile(server.pid, traffic);
    return truth.tellLines(await stop(server));
  }

  /** What peer.py tells of what `traffic` does with it, and what that itself tells. */
  async withPeer(traffic: (port: number) => Promise<Truth>): Promise<Truth> {
    const port = await freePort();
    const peer = await startReady(programOf('peer.py', port, ...this.pems));
    const truth = await traffic(port);
    return truth.tellLines(await stop(peer));
  }
}

/** A tree of tests is no place for what Python compiles. */
const ENV = { PYTHONDONTWRITEBYTECODE: '1' };

/** The command line of one of our programs. */
export function programOf(name: string, ...args: readonly (string | number)[]): string[] {
  const path = join(import.meta.dirname, 'programs', name);
  return [name.endsWith('.py') ? 'python3' : process.execPath, path, ...args.map(String)];
}

export function start([command, ...args]: readonly string[]): Program {
  return new Program(command as string, args, { env: ENV, typed: true });
}

/** A program that said that it is ready. */
export async function startReady(command: readonly string[]): Promise<Program> {
  const program = start(command);
  await program.says('ready');
  return program;
}

/** What a program printed until its end. Rejects if it failed. */
export async function outputOf(program: Program): Promise<Buffer> {
  const { code, stdout, stderr } = await program.ended;
  if (code !== 0) throw new Error(`a program ended with code ${code}: ${stderr}`);
  return stdout;
}

/** What a program printed until it was told to end. */
export async function stop(program: Program): Promise<Buffer> {
  program.kill('SIGTERM');
  return (await program.ended).stdout;
}

/** Resolves when the program listens on the port of 127.0.0.1; rejects if it ends before. */
export async function listens(program: Program, port: number): Promise<void> {
  const ended = program.ended.then(({ code, stderr }) => {
    throw new Error(`a server ended with code ${code}: ${stderr}`);
  });
  ended.catch(() => {}); // It ends some time.
  while (!(await Promise.race([canConnect(port), ended]))) await delay(20);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
